#include "cluster/test_cluster.hpp"
#include "support/doctest.hpp"

#include "parley/cluster/administration.hpp"

#include <algorithm>

// How the controller has partitions move: to nodes that come, from nodes that
// are drained, removed or about to stop.

using namespace parley;
using namespace parley::cluster;
using namespace parley::test;
using model::replication::find_node;
using model::replication::holds;

namespace {

/// Whether the set of replicas is being changed.
bool moves(const partition_record& x) {
  return x.leaving != 0 || x.replicas.size() > 3;
}

/// What the leader of a partition does when all its replicas are well: who has
/// come joins, who is to leave goes, and leads no longer.
partition_record as_led(test_cluster& in, partition_record x) {
  x.isr.clear();
  for (auto node : x.replicas)
    if (auto* seat = in.find(node))
      x.isr.push_back({node, seat->node.member.incarnation()});
  const auto* leaving = find_node(x.isr, x.leaving);
  const auto others = x.isr.size() - (leaving != nullptr ? 1 : 0);
  if (x.leaving == 0 || others + 1 < x.replicas.size())
    return x;
  if (x.leader == x.leaving) {
    x.leader = x.replicas.front() != x.leaving ? x.replicas.front()
                                               : x.replicas.back();
    ++x.epoch;
    return x;
  }
  if (leaving != nullptr)
    x.isr.erase(x.isr.begin() + (leaving - x.isr.data()));
  x.replicas.erase(std::find(x.replicas.begin(), x.replicas.end(), x.leaving));
  x.leaving = 0;
  return x;
}

void act_as_leaders(test_cluster& in) {
  for (uint16_t p = 0; p < in.parameters.partitions; ++p) {
    auto [before, version] = in.record(p);
    auto after = as_led(in, before);
    if (in.find(before.leader) != nullptr && after != before)
      in.write_as_leader(p, after, version);
  }
}

size_t moves_under_way(test_cluster& in) {
  size_t out = 0;
  for (uint16_t p = 0; p < in.parameters.partitions; ++p)
    out += moves(in.record(p).record);
  return out;
}

} // namespace

TEST_CASE("a new node gets its share by few moves at once") {
  three_nodes in(32);
  auto& d = in.add("d").node;
  in.settle();
  CHECK(moves_under_way(in) == 0); // with the next tick
  in.tick();
  const auto most = in.limits.moves_per_node_max;
  CHECK(moves_under_way(in) == most);
  in.tick();
  CHECK(moves_under_way(in) == most); // one at a time for each of them
  while (moves_under_way(in) > 0) {
    act_as_leaders(in);
    in.tick();
    REQUIRE(in.now < 1000s);
    CHECK(moves_under_way(in) <= most);
  }
  CHECK(d.member.view().held_by(d.member.number()) > 16);
  for (uint16_t p = 0; p < 32; ++p)
    CHECK(in.record(p).record.replicas.size() == 3);
}

TEST_CASE("a drained node holds nothing in the end, and leads nothing soon") {
  three_nodes in;
  auto& d = in.add("d").node;
  in.settle();
  std::optional<result<void>> done;
  auto remember = [&](auto& x) {
    done = x;
  };
  set_draining(in.looker(), in.at, d.member.view(), "x", true, remember);
  CHECK(done->error().code == errc::not_found);
  set_draining(in.looker(), in.at, d.member.view(), "a", true, remember);
  in.settle();
  CHECK(done->has_value());
  set_draining(in.looker(), in.at, d.member.view(), "a", true, remember);
  in.settle();
  CHECK(done->has_value());
  auto& a = in.seats.front().node;
  in.tick();
  for (auto& each : in.seats)
    for (auto& x : each.node.hand_overs)
      CHECK(x.from == a.member.number());
  while (d.member.view().held_by(a.member.number()) > 0) {
    act_as_leaders(in);
    in.tick();
    REQUIRE(in.now < 1000s);
  }
  CHECK(a.member.is_in());
  // Back again.
  set_draining(in.looker(), in.at, d.member.view(), "a", false, remember);
  in.settle();
  in.tick();
  CHECK(done->has_value());
  CHECK(moves_under_way(in) > 0);
}

TEST_CASE(
    "nothing moves for a node that is away, all for one that is removed") {
  three_nodes in;
  auto& d = in.add("d").node;
  in.settle();
  in.tick();
  while (moves_under_way(in) > 0) {
    act_as_leaders(in);
    in.tick();
    REQUIRE(in.now < 1000s);
  }
  auto gone = in.seats.front().node.member.number();
  const auto held = d.member.view().held_by(gone);
  CHECK(held > 0);
  in.remove("a");
  in.settle();
  in.tick();
  in.tick();
  CHECK(moves_under_way(in) == 0);
  CHECK(d.member.view().held_by(gone) == held);
  std::optional<result<void>> done;
  auto remember = [&](auto& x) {
    done = x;
  };
  remove_node(in.looker(), in.at, d.member.view(), "b", remember);
  in.settle();
  CHECK(done->error().code == errc::forbidden);
  remove_node(in.looker(), in.at, d.member.view(), "a", remember);
  in.settle();
  CHECK(done->has_value());
  remove_node(in.looker(), in.at, d.member.view(), "a", remember);
  in.settle();
  CHECK(done->error().code == errc::not_found);
  while (d.member.view().held_by(gone) > 0) {
    act_as_leaders(in);
    in.tick();
    REQUIRE(in.now < 1000s);
  }
  CHECK(moves_under_way(in) == 0);
}

TEST_CASE("a move to a node that was removed meanwhile is called off") {
  three_nodes in;
  in.add("d");
  in.settle();
  in.tick();
  auto coming = in.seats.back().node.member.number();
  CHECK(in.seats.front().node.member.view().held_by(coming) > 0);
  in.remove("d");
  in.settle();
  in.tick();
  auto& view = in.seats.front().node.member.view();
  CHECK(view.held_by(coming) > 0);
  remove_node(in.looker(), in.at, view, "d", [](auto&) {});
  in.settle();
  in.tick();
  CHECK(view.held_by(coming) == 0);
  CHECK(moves_under_way(in) == 0);
  for (uint16_t p = 0; p < 8; ++p)
    CHECK(in.record(p).record.replicas.size() == 3);
}

TEST_CASE("leadership goes back to where placement wants it, by asking") {
  three_nodes in;
  auto& a = in.seats.front();
  a.client().expire();
  in.settle();
  act_as_leaders(in);
  auto number = a.node.member.number();
  auto& control = in.controller()->node;
  auto asked = control.hand_overs; // At once, as the replicas came in sync.
  REQUIRE(!asked.empty());
  for (auto& x : asked) {
    CHECK(x.to == number);
    CHECK(x.from == in.record(x.partition).record.leader);
    CHECK(x.epoch == in.record(x.partition).record.epoch);
  }
  in.tick();
  CHECK(control.hand_overs.size() == asked.size());
  in.tick(10s);
  CHECK(control.hand_overs.size() == 2 * asked.size());
}

TEST_CASE("a node that stops leads nothing any more, and keeps its replicas") {
  three_nodes in;
  auto& a = in.seats.front().node;
  a.member.set_stopping(true);
  in.settle();
  in.tick();
  size_t led = 0;
  for (uint16_t p = 0; p < 8; ++p)
    led += in.record(p).record.leader == a.member.number();
  CHECK(led > 0);
  CHECK(in.controller()->node.hand_overs.size() == led);
  CHECK(moves_under_way(in) == 0);
}
