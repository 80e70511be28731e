#include "parley/model/placement.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace parley::model {

namespace {

/// The finalizer of MurmurHash3: every bit depends on every other.
uint64_t mixed(uint64_t x) {
  x ^= x >> 33;
  x *= 0xFF51AFD7ED558CCDu;
  x ^= x >> 33;
  x *= 0xC4CEB9FE1A85EC53u;
  return x ^ x >> 33;
}

/// With -w/ln(h), h uniform in (0, 1), a node is the best of all with a chance
/// of its share of the weights, and scores of others do not depend on it.
double score(uint16_t partition, const placement_node& x) {
  auto hash = mixed(mixed(x.node) + partition);
  auto uniform = (static_cast<double>(hash >> 11) + 0.5) * 0x1p-53;
  return -static_cast<double>(x.weight) / std::log(uniform);
}

struct candidate {
  const placement_node* node;
  double score;
};

/// How many of the first `count` candidates are in the zone.
auto uses(const std::vector<candidate>& of, size_t count,
          std::string_view zone) {
  return std::count_if(of.begin(),
                       of.begin() + static_cast<std::ptrdiff_t>(count),
                       [&](const auto& x) { return x.node->zone == zone; });
}

} // namespace

replication::node_set place(uint16_t partition,
                            const std::vector<placement_node>& nodes,
                            size_t replicas) {
  std::vector<candidate> all;
  for (const auto& each : nodes)
    if (each.weight > 0)
      all.push_back({&each, score(partition, each)});
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.score != b.score ? a.score > b.score : a.node->node < b.node->node;
  });
  replication::node_set out;
  const auto wanted =
      std::min({replicas, all.size(), replication::replicas_max});
  for (size_t i = 0; i < wanted; ++i) {
    auto next = all.begin() + static_cast<std::ptrdiff_t>(i);
    auto best =
        std::min_element(next, all.end(), [&](const auto& a, const auto& b) {
          return uses(all, i, a.node->zone) < uses(all, i, b.node->zone);
        });
    std::rotate(next, best, best + 1);
    out.push_back(next->node->node);
  }
  return out;
}

} // namespace parley::model
