#include "parley/model/rebalance.hpp"

#include <algorithm>
#include <unordered_map>

namespace parley::model {

using replication::holds;
using replication::node_id;
using replication::partition_record;

namespace {

bool is_known(const std::vector<placement_node>& nodes, node_id node) {
  return std::any_of(nodes.begin(), nodes.end(), [&](const auto& x) {
    return x.node == node && x.weight > 0;
  });
}

struct wish {
  replica_move move;
  size_t here; ///< Replicas on known nodes.
};

std::optional<wish> wish_of(const placed_partition& x,
                            const std::vector<placement_node>& nodes,
                            size_t replicas) {
  const auto wanted = place(x.partition, nodes, replicas);
  const auto& now = x.record.replicas;
  auto is_extra = [&](node_id node) {
    return !holds(wanted, node);
  };
  auto is_missing = [&](node_id node) {
    return !holds(now, node);
  };
  const auto coming = std::find_if(wanted.begin(), wanted.end(), is_missing);
  if (coming == wanted.end())
    return std::nullopt;
  wish out{{x.partition, *coming, 0}, 0};
  for (auto node : now)
    out.here += is_known(nodes, node) ? 1 : 0;
  if (now.size() < replicas)
    return out;
  // Those whose node is gone go first: they keep nothing safe.
  auto leaving = std::find_if(now.begin(), now.end(), [&](node_id node) {
    return is_extra(node) && !is_known(nodes, node);
  });
  if (leaving == now.end())
    leaving = std::find_if(now.begin(), now.end(), is_extra);
  if (leaving != now.end())
    out.move.leaving = *leaving;
  return out;
}

} // namespace

node_id under_way_to(const partition_record& record) {
  for (auto node : record.replicas)
    if (node != record.leaving
        && replication::find_node(record.isr, node) == nullptr)
      return node;
  return 0;
}

std::vector<replica_move>
plan_moves(const std::vector<placed_partition>& partitions,
           const std::vector<placement_node>& nodes,
           const rebalance_limits& limits) {
  std::unordered_map<node_id, size_t> copies;
  size_t under_way = 0;
  std::vector<wish> wishes;
  for (const auto& each : partitions) {
    const auto to = under_way_to(each.record);
    if (to != 0 || each.record.leaving != 0) {
      ++under_way;
      ++copies[to];
    } else if (auto w = wish_of(each, nodes, limits.replicas)) {
      wishes.push_back(*w);
    }
  }
  std::stable_sort(
      wishes.begin(), wishes.end(),
      [](const auto& a, const auto& b) { return a.here < b.here; });
  std::vector<replica_move> out;
  for (const auto& each : wishes) {
    if (under_way + out.size() >= limits.moves_max)
      break;
    auto& there = copies[each.move.coming];
    if (there >= limits.moves_per_node_max)
      continue;
    ++there;
    out.push_back(each.move);
  }
  return out;
}

std::optional<partition_record>
call_off(const partition_record& record,
         const std::vector<placement_node>& nodes) {
  const auto coming = under_way_to(record);
  auto is_it = [&](const auto& x) {
    return x.node == coming;
  };
  if (coming == 0 || std::any_of(nodes.begin(), nodes.end(), is_it))
    return std::nullopt;
  auto out = record;
  ++out.epoch;
  out.leaving = 0;
  out.replicas.erase(
      std::find(out.replicas.begin(), out.replicas.end(), coming));
  return out;
}

std::vector<planned_hand_over>
plan_hand_overs(const std::vector<placed_partition>& partitions,
                const std::vector<placement_node>& nodes,
                const std::vector<replication::live_node>& live,
                const rebalance_limits& limits) {
  std::vector<planned_hand_over> out;
  for (const auto& each : partitions) {
    const auto& record = each.record;
    for (auto node : place(each.partition, nodes, replication::replicas_max)) {
      if (node == record.leader)
        break;
      const auto* member = replication::find_node(record.isr, node);
      if (member == nullptr || node == record.leaving
          || !replication::is_current(live, *member))
        continue;
      out.push_back({each.partition, record.leader, node});
      break;
    }
  }
  std::stable_partition(out.begin(), out.end(), [&](const auto& x) {
    return !is_known(nodes, x.from);
  });
  if (out.size() > limits.hand_overs_max)
    out.resize(limits.hand_overs_max);
  return out;
}

} // namespace parley::model
