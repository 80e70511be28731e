#pragma once

#include "parley/model/replication/types.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace parley::model {

/// A node as the placement sees it. Who counts as one is the caller's affair:
/// a node that is away for a moment should, one that is drained has weight 0.
struct placement_node {
  replication::node_id node = 0;
  uint32_t weight = 1; ///< Its share; 0 holds nothing (an edge).
  std::string zone;
};

/// Which nodes hold a partition, best first: rendezvous hashing (Thaler and
/// Ravishankar, 1998) with weights (Schindelhauer and Schomaker, 2005), where
/// a zone is used again only once all zones have been used as often. A node
/// that comes or goes changes at most one replica of a partition, and about
/// its share of all partitions.
/// @returns fewer than `replicas` nodes only if there are no more.
replication::node_set place(uint16_t partition,
                            const std::vector<placement_node>& nodes,
                            size_t replicas);

} // namespace parley::model
