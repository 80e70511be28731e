#include "support/doctest.hpp"

#include "parley/model/rebalance.hpp"

#include <map>

using namespace parley;
using namespace parley::model;
using replication::live_node;
using replication::node_id;

namespace {

std::vector<placement_node> nodes_up_to(node_id last) {
  std::vector<placement_node> out;
  for (node_id id = 1; id <= last; ++id)
    out.push_back({id, 1, ""});
  return out;
}

placed_partition placed(uint16_t partition,
                        const replication::node_set& replicas) {
  placed_partition out{partition, {}};
  out.record.epoch = 1;
  out.record.leader = replicas.front();
  out.record.replicas = replicas;
  for (auto node : replicas)
    out.record.isr.push_back({node, 100 + node});
  return out;
}

std::vector<placed_partition>
all_placed(const std::vector<placement_node>& nodes, uint16_t count) {
  std::vector<placed_partition> out;
  for (uint16_t p = 0; p < count; ++p)
    out.push_back(placed(p, place(p, nodes, 3)));
  return out;
}

std::vector<live_node> all_live(node_id last) {
  std::vector<live_node> out;
  for (node_id id = 1; id <= last; ++id)
    out.push_back({id, 100 + id, {}});
  return out;
}

/// As if the moves had been carried out.
void carry_out(std::vector<placed_partition>& all,
               const std::vector<replica_move>& moves) {
  for (const auto& each : moves) {
    auto& record = all[each.partition].record;
    record.replicas.push_back(each.coming);
    record.isr.push_back({each.coming, 100 + each.coming});
    auto& nodes = record.replicas;
    nodes.erase(std::remove(nodes.begin(), nodes.end(), each.leaving),
                nodes.end());
    auto gone = [&](const auto& m) {
      return m.node == each.leaving;
    };
    record.isr.erase(std::remove_if(record.isr.begin(), record.isr.end(), gone),
                     record.isr.end());
  }
}

} // namespace

TEST_CASE("partitions in their places are left alone") {
  const auto nodes = nodes_up_to(6);
  const auto all = all_placed(nodes, 64);
  CHECK(plan_moves(all, nodes, {}).empty());
  CHECK(plan_hand_overs(all, nodes, all_live(6), {}).empty());
}

TEST_CASE("moves go on in bounded numbers until all are in their places (I8)") {
  auto all = all_placed(nodes_up_to(6), 128);
  const auto nodes = nodes_up_to(8);
  const rebalance_limits limits;
  size_t moved = 0;
  for (;;) {
    const auto moves = plan_moves(all, nodes, limits);
    if (moves.empty())
      break;
    REQUIRE(moves.size() <= limits.moves_max);
    std::map<node_id, size_t> to;
    for (const auto& each : moves) {
      REQUIRE(++to[each.coming] <= limits.moves_per_node_max);
      REQUIRE(each.coming > 6);
      REQUIRE(each.leaving != 0);
    }
    moved += moves.size();
    REQUIRE(moved < 400);
    carry_out(all, moves);
  }
  CHECK(moved > 60);
  for (const auto& each : all) {
    auto now = each.record.replicas;
    auto wanted = place(each.partition, nodes, 3);
    std::sort(now.begin(), now.end());
    std::sort(wanted.begin(), wanted.end());
    CHECK(now == wanted);
  }
}

TEST_CASE("moves under way count, and one partition has one at a time") {
  const auto nodes = nodes_up_to(8);
  auto all = all_placed(nodes_up_to(6), 128);
  rebalance_limits limits;
  limits.moves_per_node_max = 100;
  const auto first = plan_moves(all, nodes, limits);
  REQUIRE(first.size() == limits.moves_max);
  for (const auto& each : first) {
    auto& record = all[each.partition].record;
    record = *replication::begin_change(record, each.coming, each.leaving);
    CHECK_FALSE(replication::begin_change(record, 99, 0).has_value());
  }
  CHECK(plan_moves(all, nodes, limits).empty());
}

TEST_CASE("a partition that lost a node comes before one that is misplaced") {
  const auto nodes = nodes_up_to(4);
  auto wanted = place(0, nodes, 3);
  const auto missing =
      static_cast<node_id>(10 - wanted[0] - wanted[1] - wanted[2]);
  auto misplaced = placed(0, {wanted[0], wanted[1], missing});
  auto wanted1 = place(1, nodes, 3);
  auto maimed = placed(1, {wanted1[0], wanted1[1], 77});
  rebalance_limits limits;
  limits.moves_max = 1;
  CHECK(plan_moves({misplaced, maimed}, nodes, limits)
        == std::vector{replica_move{1, wanted1[2], 77}});
}

TEST_CASE("leadership goes to the best placed member that is in sync") {
  const auto nodes = nodes_up_to(5);
  auto live = all_live(5);
  const auto order = place(3, nodes, 3);
  auto x = placed(3, order);
  x.record.leader = order[2];
  CHECK(plan_hand_overs({x}, nodes, live, {})
        == std::vector{planned_hand_over{3, order[2], order[0]}});
  // Its node has restarted since it joined.
  live[order[0] - 1].incarnation = 7;
  CHECK(plan_hand_overs({x}, nodes, live, {})
        == std::vector{planned_hand_over{3, order[2], order[1]}});
}

TEST_CASE("a node that is drained hands over before others do") {
  auto nodes = nodes_up_to(5);
  auto all = all_placed(nodes, 64);
  for (auto& each : all)
    each.record.leader = each.record.replicas[1];
  nodes[0].weight = 0;
  rebalance_limits limits;
  limits.hand_overs_max = 4;
  const auto got = plan_hand_overs(all, nodes, all_live(5), limits);
  REQUIRE(got.size() == 4);
  for (const auto& each : got)
    CHECK(each.from == 1);
}
