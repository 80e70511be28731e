#pragma once

#include "parley/model/replication/rules.hpp"
#include "parley/model/replication/types.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace parley::model::replication {

/// A node with a session, as the controller sees it.
struct live_node {
  node_id node = 0;
  uint64_t incarnation = 0;
  /// `last_synced()` of its replica, as this incarnation reported it after the
  /// record had got its present version; nothing if it has not.
  std::optional<position> last;
};

/// Whether the member's session has not ended since it joined.
bool is_current(const std::vector<live_node>& live, const isr_member& m);

enum class election_step : uint8_t {
  none, ///< The leader is there.
  wait, ///< For a member to come back: no one else has what is committed.
  ask,  ///< All members restarted: each has to report its last entry.
  write ///< `record` is to be written with a compare-and-set.
};

struct election {
  election_step step = election_step::none;
  node_set ask;
  partition_record record;
  isr_set must_be_current;
};

/// Who leads a partition next, given who lives; the record's order of replicas
/// is the order of preference. Only a member of the in-sync set is elected
/// (R9), and none that restarted since it joined (R12: its disk may have lost
/// what it had promised; KIP-966 calls that an unclean replica) as long as one
/// did not. If all did, the greatest (last epoch, end) of all of them has
/// everything that at least one disk kept. Members whose session has ended
/// leave the in-sync set, unless less than `min_in_sync` would be left to
/// commit with (R7); who else does not answer is taken out by the new leader.
election elect(const partition_record& record,
               const std::vector<live_node>& live, size_t min_in_sync,
               const rules& rule);

/// The answer to `admin cluster force-elect --accept-data-loss`: the greatest
/// of those who reported, alone. What it lacks is lost; its conversations skip
/// `gap` numbers. No other change goes on, and of the other replicas those
/// remain that are `known`.
/// Somebody who has nothing is elected if nobody has more: most partitions of a
/// small cluster are empty.
/// @returns step `wait` if no replica that lives has reported.
election force_elect(const partition_record& record,
                     const std::vector<live_node>& live, const node_set& known,
                     uint64_t gap);

/// A new replica comes and another goes (0: none): the record with which the
/// change begins, or nothing if there is one already, or no room. Its epoch is
/// a new one, so that nothing which an earlier replica on the same node said
/// can be taken for the new one's word.
std::optional<partition_record> begin_change(const partition_record& record,
                                             node_id coming, node_id leaving);

} // namespace parley::model::replication
