#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

/// Counters of the whole process, by name; rendered as Prometheus text.
namespace parley::metrics {

enum class counter : uint8_t {
  messages_appended,  ///< Committed entries of any kind.
  messages_duplicate, ///< Repeats answered with their first `seq`.
  events_delivered,   ///< Durable events handed to connections.
  journal_commits,    ///< Synced writes.
  journal_rows_bytes, ///< Bytes in them.
  requests_http,
  requests_refused, ///< Errors answered, over WebSocket and HTTP.
  connections_accepted,
  connections_refused, ///< Over a limit.
  logins_failed,
  links_messages_sent,    ///< Between nodes, of replication.
  links_messages_dropped, ///< No link, or its window was full.
  push_taken,             ///< Notifications that a service took.
  push_failed,            ///< Refused, or given up.
  push_gone,              ///< Subscriptions that were dead.
  push_retried,           ///< Sendings that have to be repeated.
  presence_told,          ///< Changes of status, each node that is told.
  presence_rows,          ///< Rows of `last_active` written.
  presence_rows_dropped,  ///< Not written, as too many waited.
  count_
};

enum class gauge : uint8_t {
  connections,
  sessions, ///< Authenticated.
  actors_user,
  actors_conversation,
  actors_presence,
  journal_queue, ///< Batches that wait for the next sync.
  reader_queue,  ///< Reads that wait.
  password_queue,
  links_up,                 ///< Peers that this node is linked with.
  push_waiting,             ///< Notifications that no service has taken yet.
  push_in_flight,           ///< Of them, those that are being sent.
  presence_changes_waiting, ///< To be told.
  presence_rows_waiting,    ///< To be written.
  count_
};

void add(counter which, uint64_t by = 1) noexcept;
uint64_t value(counter which) noexcept;
void move(gauge which, int64_t by) noexcept;
int64_t value(gauge which) noexcept;

/// Everything above in the text exposition format, with HELP and TYPE lines.
std::string render();

} // namespace parley::metrics
