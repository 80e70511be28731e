#include "cluster/test_cluster.hpp"
#include "support/doctest.hpp"

#include <algorithm>

using namespace parley;
using namespace parley::cluster;
using namespace parley::test;
using model::replication::cas_outcome;
using model::replication::find_node;
using model::replication::holds;

namespace {

/// As settings of a node that holds nothing: it is free to be the controller
/// and nothing else.
membership_settings edge(const std::string& name,
                         const cluster_parameters& own) {
  auto out = test_settings(name, own);
  out.self.weight = 0;
  return out;
}

/// An edge that controls, and three nodes that hold replicas.
struct edge_and_three : test_cluster {
  edge_and_three() : test_cluster(1) {
    add(edge("edge", parameters));
    settle();
    for (auto name : {"a", "b", "c"})
      add(name);
    settle();
    CHECK(controller() == &seats.front());
  }

  void restart_members() {
    for (auto& each : seats)
      if (each.node.name != "edge")
        each.client().expire();
    settle();
  }

  /// Answers for a node as `last`, as it was asked.
  void report(test_node& to, const test_node::last_asked& x, position last) {
    to.control->reported(x.node, x.incarnation, {{x.of, last}});
    settle();
  }
};

} // namespace

TEST_CASE("partitions begin once there are enough nodes for their replicas") {
  test_cluster in;
  in.add("a");
  in.add("b");
  in.add(edge("edge", in.parameters));
  in.settle();
  in.tick();
  CHECK(in.list(in.at.partitions()).empty());
  in.add("c");
  in.settle();
  in.tick();
  REQUIRE(in.list(in.at.partitions()).size() == 8);
  std::set<node_id> leaders;
  for (uint16_t p = 0; p < 8; ++p) {
    auto [record, version] = in.record(p);
    CHECK(version == 0);
    CHECK(record.epoch == 1);
    CHECK(
        record.replicas
        == model::place(p, in.controller()->node.member.view().placement(), 3));
    CHECK(record.leader == record.replicas.front());
    CHECK(record.isr.size() == 3);
    for (auto& m : record.isr)
      CHECK(m.incarnation == in.with_number(m.node).node.member.incarnation());
    leaders.insert(record.leader);
  }
  CHECK(leaders.size() > 1);
  for (auto& each : in.seats)
    CHECK(each.node.member.view().records().size() == 8);
}

TEST_CASE("I6: there is one controller, and another when its session ends") {
  three_nodes in;
  auto* first = in.controller();
  first->client().expire();
  in.settle();
  auto* second = in.controller();
  CHECK(second != first);
  in.remove(second->node.name);
  in.settle();
  CHECK(in.controller() != nullptr);
}

TEST_CASE("R9, R12: a member whose session did not end leads next") {
  three_nodes in;
  for (uint16_t p = 0; p < 8; ++p) {
    CAPTURE(p);
    auto before = in.record(p).record;
    auto& old = in.leader_of(p);
    auto number = old.node.member.number();
    old.client().expire();
    in.settle();
    auto after = in.record(p).record;
    CHECK(after.epoch == before.epoch + 1);
    CHECK(after.leader != number);
    CHECK(find_node(before.isr, after.leader) != nullptr);
    CHECK(*find_node(after.isr, after.leader)
          == *find_node(before.isr, after.leader));
    // As the new leader: who restarted has caught up again.
    auto [record, version] = in.record(p);
    for (auto& m : record.isr)
      m.incarnation = in.with_number(m.node).node.member.incarnation();
    CHECK(in.write_as_leader(p, record, version, record.isr)
          == cas_outcome::confirmed);
    for (uint16_t q = 0; q < 8; ++q) {
      auto [other, v] = in.record(q);
      for (auto& m : other.isr)
        m.incarnation = in.with_number(m.node).node.member.incarnation();
      in.write_as_leader(q, other, v);
    }
  }
}

TEST_CASE("a failover of many partitions takes as many steps as one of few") {
  auto rounds_of = [](uint32_t partitions) {
    three_nodes in(partitions);
    auto* gone = in.controller() == &in.seats.front() ? &in.seats.back()
                                                      : &in.seats.front();
    auto number = gone->node.member.number();
    in.remove(gone->node.name);
    auto rounds = in.settle();
    for (auto& [p, x] : in.seats.front().node.member.view().records())
      CHECK(x.record.leader != number);
    return rounds;
  };
  CHECK(rounds_of(512) <= rounds_of(16) + 2);
}

TEST_CASE("R6: who comes back as another incarnation is not current") {
  three_nodes in;
  auto [record, version] = in.record(0);
  auto& member = in.with_number(record.replicas.back());
  auto old = member.node.member.incarnation();
  CHECK(in.write_as_leader(0, record, version,
                           {{member.node.member.number(), old}})
        == cas_outcome::confirmed);
  member.client().expire();
  in.settle();
  CHECK(in.write_as_leader(0, record, version + 1,
                           {{member.node.member.number(), old}})
        == cas_outcome::refused);
  CHECK(in.write_as_leader(
            0, record, version + 1,
            {{member.node.member.number(), member.node.member.incarnation()}})
        == cas_outcome::confirmed);
  CHECK(in.write_as_leader(0, record, version) == cas_outcome::refused);
}

TEST_CASE("R12: when all restarted, all are asked, and the greatest leads") {
  edge_and_three in;
  auto before = in.record(0);
  in.restart_members();
  auto& edge = in.seats.front().node;
  REQUIRE(edge.asked.size() == 3);
  CHECK(in.record(0).version == before.version);
  for (auto& x : edge.asked) {
    CHECK(x.of.partition == 0);
    CHECK(x.of.version == before.version);
    CHECK(x.incarnation == in.with_number(x.node).node.member.incarnation());
  }
  auto asked = edge.asked;
  in.report(edge, asked[0], {4, 9});
  in.report(edge, asked[1], {5, 2});
  CHECK(in.record(0).version == before.version); // one is missing
  auto stale = asked[2];
  stale.of.version += 1;
  in.report(edge, stale, {9, 9});
  auto earlier = asked[2];
  earlier.incarnation -= 1;
  in.report(edge, earlier, {9, 9});
  CHECK(in.record(0).version == before.version);
  in.report(edge, asked[2], {4, 100});
  auto after = in.record(0).record;
  CHECK(after.leader == asked[1].node);
  CHECK(after.epoch == before.record.epoch + 1);
  CHECK(find_node(after.isr, after.leader)->incarnation
        == asked[1].incarnation);
  CHECK(after.isr.size() == 3);
}

TEST_CASE("R12: nobody is elected while a member is away") {
  edge_and_three in;
  auto before = in.record(0);
  in.remove("b");
  in.restart_members();
  in.tick(10s);
  CHECK(in.seats.front().node.asked.empty());
  CHECK(in.record(0).version == before.version);
  in.add("b");
  in.settle();
  CHECK(in.seats.front().node.asked.size() == 3);
}

TEST_CASE("who does not answer is asked again, not all the time") {
  edge_and_three in;
  in.restart_members();
  auto& asked = in.seats.front().node.asked;
  CHECK(asked.size() == 3);
  in.tick(1s);
  CHECK(asked.size() == 3);
  in.tick(1s);
  CHECK(asked.size() == 6);
}

TEST_CASE("I6: a deposed controller that wakes writes nothing") {
  edge_and_three in;
  auto before = in.record(0);
  in.restart_members();
  auto& edge = in.seats.front();
  auto asked = edge.node.asked;
  REQUIRE(asked.size() == 3);
  edge.paused = true;
  edge.client().expire();
  in.settle();
  // Another controls, and waits for reports; the record is as it was.
  auto* next = in.controller();
  CHECK(next->node.asked.size() == 3);
  CHECK(in.record(0).version == before.version);
  // It wakes with all the reports that it had waited for, before it hears of
  // its session, and decides.
  for (auto& x : asked)
    edge.node.control->reported(x.node, x.incarnation, {{x.of, {1, 1}}});
  edge.node.control->tick(in.now);
  CHECK(edge.node.control->leads());
  CHECK(edge.node.control->busy() == 1);
  in.service.deliver();
  CHECK(in.record(0).version == before.version);
  edge.paused = false;
  in.settle();
  CHECK(in.controller() == next);
  CHECK(in.record(0).version == before.version);
  auto late = next->node.asked;
  for (auto& x : late)
    in.report(next->node, x, {1, 1});
  CHECK(in.record(0).record.epoch == before.record.epoch + 1);
}

TEST_CASE("R11: an election loses against a write of the leader, and is held "
          "again") {
  three_nodes in;
  auto& controller = *in.controller();
  uint16_t p = 0;
  while (&in.leader_of(p) == &controller)
    ++p;
  auto [record, version] = in.record(p);
  controller.client().hold();
  in.leader_of(p).client().expire();
  in.settle();
  // What the leader wrote before its session ended arrives now.
  auto shrunk = record;
  shrunk.isr.erase(
      std::find_if(shrunk.isr.begin(), shrunk.isr.end(), [&](auto& m) {
        return m.node != record.leader
               && m.node != controller.node.member.number();
      }));
  CHECK(in.write_as_leader(p, shrunk, version) == cas_outcome::confirmed);
  controller.client().release();
  in.settle();
  auto after = in.record(p);
  CHECK(after.record.leader == controller.node.member.number());
  CHECK(after.record.epoch == record.epoch + 1);
  CHECK(after.record.isr.size() == 2);
}

TEST_CASE("R13: an election of unknown outcome is held once, whatever "
          "happened to it") {
  for (auto what : {in_doubt::done, in_doubt::lost, in_doubt::late}) {
    CAPTURE(static_cast<int>(what));
    three_nodes in;
    auto& controller = *in.controller();
    uint16_t p = 0;
    while (&in.leader_of(p) == &controller)
      ++p;
    auto before = in.record(p);
    in.leader_of(p).client().expire();
    while (controller.node.control->busy() == 0) {
      in.service.deliver();
      controller.tasks.run();
    }
    controller.client().cut(what);
    in.settle();
    controller.client().heal();
    in.settle();
    in.service.deliver_late();
    in.settle();
    in.tick();
    in.tick();
    CHECK(controller.node.control->busy() == 0);
    auto after = in.record(p);
    CHECK(after.version == before.version + 1);
    CHECK(after.record.epoch == before.record.epoch + 1);
    CHECK(after.record.leader != before.record.leader);
  }
}
