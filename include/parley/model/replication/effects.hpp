#pragma once

#include "parley/model/replication/messages.hpp"

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

/// What a replica asks of its driver. Effects are carried out in their order.
namespace parley::model::replication {

struct send {
  node_id to = 0;
  message what;
};

/// Sends `what` with the entries from `what.prev.index + 1` to `last` of the
/// own log. The driver may cut the entries' end off (a batch of bytes), and
/// drops the message if the log's epoch at `last.index` is not `last.epoch`
/// any more: the read came too late.
struct send_entries {
  node_id to = 0;
  append what;
  position last;
};

/// Writes, in this order and as one: the epoch, the cut, the entries; then
/// syncs. The driver writes in the order of tickets, may sync several at once,
/// and answers `synced(ticket)` once that one and all before it are durable.
struct persist {
  uint64_t ticket = 0;
  std::optional<uint64_t> epoch;    ///< The highest that was seen (R10).
  std::optional<uint64_t> truncate; ///< Entries above this index go.
  std::vector<log_entry> entries;
};

/// Entries up to `last` are committed and synced here: they change the state,
/// after the writes before, in one batch with the mark of what is applied. On
/// the leader this is also what answers clients.
struct apply {
  uint64_t first = 0;
  uint64_t last = 0;
};

/// Writes the record if its version is `expected` (R11) and each of
/// `must_be_current` is the incarnation of a living session (R6), as one
/// transaction. Answered by `answered(token, …)`.
struct compare_and_set {
  uint64_t token = 0;
  partition_record record;
  std::optional<uint64_t> expected;
  isr_set must_be_current;
};

/// Reads the record afresh (after a ZooKeeper `sync`); answered by `saw`.
struct read_record {
  uint64_t token = 0;
};

/// Copies the partition's key range from the leader, beside the own one;
/// answered by `fetched` or `fetch_failed`.
struct fetch_snapshot {
  node_id from = 0;
};

/// Puts the fetched range in the place of the own one, as one write, in the
/// order of tickets. The log is then empty behind `base`.
struct install {
  uint64_t ticket = 0;
  position base;
};

/// This replica leads from now on.
struct lead {
  uint64_t epoch = 0;
};

/// It no longer does: whoever waits for a commit is told that its outcome is
/// unknown.
struct stepped_down {};

/// Reads up to this ticket may be answered from the state.
struct reads_confirmed {
  uint64_t ticket = 0;
};

/// The replica is no longer one of the set: its range may be deleted.
struct retire {};

enum class halt_reason : uint8_t {
  write_failed,      ///< A write or sync failed. The process ends; no retry.
  epoch_went_back,   ///< ZooKeeper's epoch is lower than the one on disk.
  committed_was_cut, ///< The leader's log lacks what was committed here.
};

/// The partition stops here and says why.
struct halt {
  halt_reason reason = halt_reason::write_failed;
};

using effect = std::variant<send, send_entries, persist, apply, compare_and_set,
                            read_record, fetch_snapshot, install, lead,
                            stepped_down, reads_confirmed, retire, halt>;
using effects = std::vector<effect>;

} // namespace parley::model::replication
