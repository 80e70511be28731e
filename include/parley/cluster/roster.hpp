#pragma once

#include "parley/base/error.hpp"
#include "parley/model/placement.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace parley::cluster {

using model::replication::node_id;

/// A node that belongs to the cluster, whether it is alive or not: placement
/// counts on one that is away for a moment.
struct roster_row {
  node_id number = 0;
  std::string zone;
  uint32_t weight = 1;

  friend bool operator==(const roster_row&, const roster_row&) = default;
};

struct roster {
  node_id last_number = 0; ///< Numbers are never given out twice.
  std::map<std::string, roster_row> rows; ///< By name.

  friend bool operator==(const roster&, const roster&) = default;
};

std::string encode(const roster& x);
result<roster> decode_roster(std::string_view bytes);

/// Enters a node, or brings its row up to date.
/// @returns whether that changed anything.
bool enter(roster& in, const std::string& name, const std::string& zone,
           uint32_t weight);

/// As the placement sees it: who drains gets nothing any more.
std::vector<model::placement_node>
to_placement(const roster& from, const std::set<std::string>& draining);

} // namespace parley::cluster
