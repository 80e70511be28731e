#include "support/doctest.hpp"

#include "parley/model/placement.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>

using namespace parley;
using namespace parley::model;
using replication::node_id;
using replication::node_set;

namespace {

constexpr uint16_t partitions = 4096;

/// Nodes from 1 on, in zones by turns.
std::vector<placement_node> nodes_in_zones(size_t count, size_t zones) {
  std::vector<placement_node> out;
  for (size_t i = 0; i < count; ++i)
    out.push_back(
        {static_cast<node_id>(i + 1), 1, "zone" + std::to_string(i % zones)});
  return out;
}

std::map<node_id, size_t> load_of(const std::vector<placement_node>& nodes) {
  std::map<node_id, size_t> out;
  for (uint16_t p = 0; p < partitions; ++p)
    for (auto node : place(p, nodes, 3))
      ++out[node];
  return out;
}

size_t differences(const node_set& a, const node_set& b) {
  return static_cast<size_t>(std::count_if(
      b.begin(), b.end(), [&](auto x) { return !replication::holds(a, x); }));
}

} // namespace

TEST_CASE("a partition has as many replicas as asked for, on different nodes") {
  const auto nodes = nodes_in_zones(9, 3);
  for (uint16_t p = 0; p < partitions; ++p) {
    const auto got = place(p, nodes, 3);
    REQUIRE(got.size() == 3);
    REQUIRE(std::set<node_id>(got.begin(), got.end()).size() == 3);
  }
  CHECK(place(1, nodes_in_zones(2, 2), 3).size() == 2);
  CHECK(place(1, {}, 3).empty());
}

TEST_CASE("no two replicas share a zone while there are zones enough") {
  for (size_t zones = 1; zones <= 5; ++zones) {
    const auto nodes = nodes_in_zones(11, zones);
    for (uint16_t p = 0; p < partitions; ++p) {
      std::map<std::string, size_t> used;
      for (auto node : place(p, nodes, 3))
        ++used[nodes[node - 1].zone];
      REQUIRE(used.size() == std::min<size_t>(zones, 3));
      for (const auto& [zone, times] : used)
        REQUIRE(times <= (3 + zones - 1) / zones);
    }
  }
}

TEST_CASE("a node of weight 0 holds nothing, others hold by their weight") {
  auto nodes = nodes_in_zones(9, 9);
  nodes[0].weight = 0;
  nodes[1].weight = 2;
  auto load = load_of(nodes);
  CHECK(load[1] == 0);
  for (node_id node = 3; node <= 9; ++node) {
    // Twice the weight is a little less than twice the load, as a node holds
    // a partition only once.
    CHECK(load[2] > load[node] * 3 / 2);
    CHECK(load[2] < load[node] * 9 / 4);
  }
}

TEST_CASE("load and leadership are even") {
  const auto nodes = nodes_in_zones(12, 3);
  for (const auto& [node, load] : load_of(nodes)) {
    CAPTURE(node);
    CHECK(load > partitions * 3 / 12 * 9 / 10);
    CHECK(load < partitions * 3 / 12 * 11 / 10);
  }
  std::map<node_id, size_t> first;
  for (uint16_t p = 0; p < partitions; ++p)
    ++first[place(p, nodes, 3).front()];
  for (const auto& [node, times] : first) {
    CAPTURE(node);
    CHECK(times > partitions / 12 * 8 / 10);
    CHECK(times < partitions / 12 * 12 / 10);
  }
}

TEST_CASE("a node that comes moves its share of the replicas and no more") {
  std::mt19937_64 random{7};
  for (int round = 0; round < 40; ++round) {
    const auto count = 3 + random() % 22;
    const auto zones = 1 + random() % 6;
    CAPTURE(count);
    CAPTURE(zones);
    const auto before = nodes_in_zones(count, zones);
    auto after = before;
    after.push_back({static_cast<node_id>(count + 1), 1,
                     "zone" + std::to_string(random() % zones)});
    size_t moved = 0;
    for (uint16_t p = 0; p < partitions; ++p) {
      const auto was = place(p, before, 3);
      const auto is = place(p, after, 3);
      REQUIRE(differences(was, is) <= 1);
      // What moves, moves to the new node.
      REQUIRE((differences(was, is) == 0
               || replication::holds(is, after.back().node)));
      moved += differences(was, is);
    }
    // A zone's nodes share its load, so that a node of a small zone gets more.
    const auto in_zone =
        std::count_if(after.begin(), after.end(), [&](const auto& x) {
          return x.zone == after.back().zone;
        });
    const auto fair = 3.0 / static_cast<double>(count + 1);
    const auto by_zone = 1.0 / static_cast<double>(in_zone);
    const auto share = static_cast<double>(moved) / partitions;
    CHECK(share < 1.15 * std::max(fair, by_zone) + 0.02);
    if (zones == 1)
      CHECK(share > 0.85 * fair);
  }
}

TEST_CASE("a node that goes moves only what it held") {
  const auto before = nodes_in_zones(10, 4);
  auto after = before;
  after.erase(after.begin() + 4);
  for (uint16_t p = 0; p < partitions; ++p) {
    const auto was = place(p, before, 3);
    const auto is = place(p, after, 3);
    REQUIRE(differences(was, is)
            == (replication::holds(was, node_id{5}) ? 1 : 0));
  }
}
