#include "parley/base/metrics.hpp"

#include <fmt/format.h>

#include <iterator>

namespace parley::metrics {

namespace {

struct description {
  std::string_view name;
  std::string_view help;
};

constexpr auto counters = static_cast<size_t>(counter::count_);
constexpr auto gauges = static_cast<size_t>(gauge::count_);

constexpr std::array<description, counters> counter_texts{{
    {"parley_messages_appended_total", "Committed entries of any kind."},
    {"parley_messages_duplicate_total",
     "Repeated sends that were answered with their first seq."},
    {"parley_events_delivered_total",
     "Durable events that were handed to connections."},
    {"parley_journal_commits_total", "Synced writes of the journal."},
    {"parley_journal_rows_bytes_total", "Bytes in the journal's writes."},
    {"parley_requests_http_total", "HTTP requests."},
    {"parley_requests_refused_total",
     "Requests that were answered with an error, over WebSocket and HTTP."},
    {"parley_connections_accepted_total", "Connections accepted."},
    {"parley_connections_refused_total",
     "Connections refused because of a limit."},
    {"parley_logins_failed_total", "Logins with a wrong name or password."},
    {"parley_links_messages_sent_total",
     "Replication messages that were sent to other nodes."},
    {"parley_links_messages_dropped_total",
     "Replication messages that were dropped: no link, or a full window."},
    {"parley_push_taken_total", "Notifications that a push service took."},
    {"parley_push_failed_total",
     "Notifications that a push service refused, or that were given up."},
    {"parley_push_gone_total", "Subscriptions that a push service ended."},
    {"parley_push_retried_total", "Sendings that have to be repeated."},
    {"parley_presence_told_total",
     "Changes of a user's status, for each node that is told."},
    {"parley_presence_rows_total", "Rows of last_active that were written."},
    {"parley_presence_rows_dropped_total",
     "Rows of last_active that were not written, as too many waited."},
}};

constexpr std::array<description, gauges> gauge_texts{{
    {"parley_connections", "Open connections."},
    {"parley_sessions", "Authenticated sessions."},
    {"parley_actors_user", "User actors in memory."},
    {"parley_actors_conversation", "Conversation actors in memory."},
    {"parley_actors_presence", "Presence actors in memory."},
    {"parley_journal_queue", "Batches that wait for the next sync."},
    {"parley_reader_queue", "Reads that wait."},
    {"parley_password_queue", "Password checks that wait."},
    {"parley_links_up", "Nodes that this one is linked with."},
    {"parley_push_waiting", "Notifications that wait for a push service."},
    {"parley_push_in_flight", "Notifications that are being sent."},
    {"parley_presence_changes_waiting",
     "Changes of status that wait to be told."},
    {"parley_presence_rows_waiting",
     "Rows of last_active that wait to be written."},
}};

/// One cache line each, so that threads which count different things do not
/// take lines from each other.
template <class T>
struct alignas(64) cell {
  std::atomic<T> value{0};
};

std::array<cell<uint64_t>, counters> counted;
std::array<cell<int64_t>, gauges> levels;

template <class T>
void render_one(std::string& to, const description& what, std::string_view type,
                T value) {
  fmt::format_to(std::back_inserter(to),
                 "# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", what.name,
                 what.help, type, value);
}

} // namespace

void add(counter which, uint64_t by) noexcept {
  counted[static_cast<size_t>(which)].value.fetch_add(
      by, std::memory_order_relaxed);
}

uint64_t value(counter which) noexcept {
  return counted[static_cast<size_t>(which)].value.load(
      std::memory_order_relaxed);
}

void move(gauge which, int64_t by) noexcept {
  levels[static_cast<size_t>(which)].value.fetch_add(by,
                                                     std::memory_order_relaxed);
}

int64_t value(gauge which) noexcept {
  return levels[static_cast<size_t>(which)].value.load(
      std::memory_order_relaxed);
}

std::string render() {
  std::string out;
  for (size_t i = 0; i < counters; ++i)
    render_one(out, counter_texts[i], "counter", value(counter(i)));
  for (size_t i = 0; i < gauges; ++i)
    render_one(out, gauge_texts[i], "gauge", value(gauge(i)));
  return out;
}

} // namespace parley::metrics
