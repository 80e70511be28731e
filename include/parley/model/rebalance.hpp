#pragma once

#include "parley/model/placement.hpp"
#include "parley/model/replication/election.hpp"
#include "parley/model/replication/types.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace parley::model {

/// A partition as the controller sees it.
struct placed_partition {
  uint16_t partition = 0;
  replication::partition_record record;
};

struct rebalance_limits {
  size_t replicas = 3;
  size_t moves_max = 8;          ///< Copies under way in the cluster.
  size_t moves_per_node_max = 2; ///< Copies under way to one node.
  size_t hand_overs_max = 16;    ///< Started at once.
};

/// One replica comes, and one goes once that is in sync (0: none).
struct replica_move {
  uint16_t partition = 0;
  replication::node_id coming = 0;
  replication::node_id leaving = 0;

  friend bool operator==(const replica_move&, const replica_move&) = default;
};

/// The one that has come and is not in sync yet, while a change goes on; 0:
/// none.
replication::node_id under_way_to(const replication::partition_record& record);

/// The moves to begin now, those of partitions with the fewest replicas on
/// known nodes first. What does not fit the limits waits for the next call.
std::vector<replica_move>
plan_moves(const std::vector<placed_partition>& partitions,
           const std::vector<placement_node>& nodes,
           const rebalance_limits& limits);

/// A replica that is to come never will if its node was taken out of the
/// cluster meanwhile: the record without it, which ends the change, or nothing
/// if there is no such replica. The epoch is a new one, as in `begin_change`.
std::optional<replication::partition_record>
call_off(const replication::partition_record& record,
         const std::vector<placement_node>& nodes);

/// The leader `partition` should be asked to hand over to `to`.
struct planned_hand_over {
  uint16_t partition = 0;
  replication::node_id from = 0;
  replication::node_id to = 0;

  friend bool operator==(const planned_hand_over&,
                         const planned_hand_over&) = default;
};

/// Partitions that are not led by the best placed of their in-sync members
/// with an unchanged incarnation; first those whose leader has weight 0 or is
/// not known any more.
std::vector<planned_hand_over>
plan_hand_overs(const std::vector<placed_partition>& partitions,
                const std::vector<placement_node>& nodes,
                const std::vector<replication::live_node>& live,
                const rebalance_limits& limits);

} // namespace parley::model
