#include "cluster/test_cluster.hpp"
#include "support/doctest.hpp"

#include <functional>

using namespace parley;
using namespace parley::cluster;
using namespace parley::test;

namespace {

uint64_t incarnation_of(test_cluster& in, const std::string& name) {
  return in.get(in.at.node(name)).stat.created;
}

} // namespace

TEST_CASE("nodes that join are numbered, and see each other") {
  test_cluster in;
  for (auto name : {"a", "b", "c"})
    in.add(name);
  in.settle();
  std::set<node_id> numbers;
  for (auto& each : in.seats) {
    auto& node = each.node;
    CAPTURE(node.name);
    REQUIRE(node.incarnations.size() == 1);
    CHECK(node.incarnations[0] == incarnation_of(in, node.name));
    CHECK(node.member.is_in());
    CHECK(node.cluster_id.starts_with("made by "));
    CHECK(node.cluster_id == in.seats.front().node.cluster_id);
    numbers.insert(node.member.number());
    auto& view = node.member.view();
    CHECK(view.complete());
    CHECK(view.nodes().size() == 3);
    CHECK(view.nodes().at(node.member.number()).entry.zone
          == "zone of " + node.name);
    CHECK(view.members().rows.size() == 3);
    CHECK(in.get(in.at.incarnation(node.incarnations[0])).bytes == node.name);
  }
  CHECK(numbers == std::set<node_id>{1, 2, 3});
}

TEST_CASE("a node keeps its number, and a new one never gets an old one") {
  test_cluster in;
  in.add("a");
  in.settle();
  in.add("b");
  in.settle();
  in.remove("b");
  in.settle();
  in.add("c");
  in.settle();
  CHECK(in.seats.back().node.member.number() == 3);
  in.add("b");
  in.settle();
  CHECK(in.seats.back().node.member.number() == 2);
}

TEST_CASE("who disagrees with the cluster is refused, with both values") {
  struct {
    std::function<void(membership_settings&)> change;
    std::string expected;
  } table[] = {
      {[](auto& x) { x.own.partitions = 16; },
       "cluster.partitions: the cluster \"test\" has 8, this node 16"},
      {[](auto& x) { x.own.replicas = 5; },
       "cluster.replicas: the cluster \"test\" has 3, this node 5"},
      {[](auto& x) { x.own.min_in_sync = 1; },
       "cluster.min_in_sync: the cluster \"test\" has 2, this node 1"},
      {[](auto& x) { x.own.fingerprint = "other"; },
       "fingerprint of the token and push keys: the cluster \"test\" has same "
       "keys, this node other"},
      {[](auto& x) { x.stored_id = "foreign"; },
       "the data directory belongs to the cluster with id foreign, and the "
       "cluster \"test\" has id made by a"},
  };
  for (auto& each : table) {
    CAPTURE(each.expected);
    test_cluster in;
    in.add("a");
    in.settle();
    auto roster = in.get(in.at.roster());
    auto with = test_settings("b");
    each.change(with);
    auto& b = in.add(with).node;
    in.settle();
    in.tick();
    CHECK(b.refusal.starts_with(each.expected));
    CHECK(b.incarnations.empty());
    CHECK(in.get(in.at.roster()).stat == roster.stat);
    CHECK(in.list(in.at.nodes()) == std::vector<std::string>{"a"});
  }
}

TEST_CASE("a node that speaks no protocol that those who are there speak is "
          "refused, and both are named") {
  struct {
    uint32_t min;
    uint32_t max;
    std::string refusal;
  } table[] = {
      {4, 5, ""},
      {3, 4, ""},
      {6, 7, ""},
      {7, 8,
       "protocol between nodes: \"a\" (version of a) speaks 4 to 6, this node "
       "(version of b) 7 to 8; go by way of a release between the two"},
      {2, 3,
       "protocol between nodes: \"a\" (version of a) speaks 4 to 6, this node "
       "(version of b) 2 to 3; go by way of a release between the two"},
  };
  for (auto& each : table) {
    CAPTURE(each.max);
    test_cluster in;
    const auto add = [&](const std::string& name, uint32_t min,
                         uint32_t max) -> auto& {
      auto with = test_settings(name);
      with.self.version = "of " + name;
      with.self.protocol_min = min;
      with.self.protocol = max;
      return in.add(with).node;
    };
    auto& a = add("a", 4, 6);
    in.settle();
    auto& b = add("b", each.min, each.max);
    in.settle();
    in.tick();
    CHECK(b.refusal == each.refusal);
    CHECK(a.refusal.empty()); // Whoever is there stays.
    CHECK(a.member.is_in());
    CHECK(b.member.is_in() == each.refusal.empty());
  }
}

TEST_CASE("a node with data does not begin a cluster anew") {
  test_cluster in;
  auto with = test_settings("a");
  with.stored_id = "id of old";
  auto& a = in.add(with).node;
  in.settle();
  CHECK(a.refusal
        == "the data directory belongs to the cluster with id id of old, and "
           "ZooKeeper has none at /parley/test: restore ZooKeeper's data");
  CHECK(in.get(in.at.parameters()).code == outcome::not_found);
}

TEST_CASE("a second node of the same name is refused, and named") {
  test_cluster in;
  auto& a = in.add("a").node;
  in.settle();
  auto with = test_settings("a");
  with.self.instance = "another disk";
  auto& other = in.add(with).node;
  in.settle();
  CHECK(other.refusal.starts_with(
      "node.id: \"a\" is in the cluster already, at a:7000 (http://a)"));
  CHECK(other.incarnations.empty());
  CHECK(a.member.is_in());
  CHECK(a.times_left == 0);
  CHECK(incarnation_of(in, "a") == a.incarnations[0]);
}

TEST_CASE("a restarted node does not wait for its last session to end") {
  test_cluster in;
  auto& before = in.add("a");
  in.settle();
  before.paused = true; // its process is dead, its session is not
  auto old = before.node.incarnations[0];
  auto& after = in.add("a").node;
  in.settle();
  REQUIRE(after.incarnations.size() == 1);
  CHECK(after.incarnations[0] > old);
  CHECK(after.member.number() == before.node.member.number());
  CHECK(incarnation_of(in, "a") == after.incarnations[0]);
  // R6: nobody may take the old incarnation for current.
  CHECK(in.list(in.at.incarnations()).size() == 1);
  // If the first is not dead, its disk was copied: it stops.
  before.paused = false;
  in.settle();
  CHECK(before.node.refusal.find("took the place of \"a\"")
        != std::string::npos);
}

TEST_CASE("a node that died before it announced itself is replaced as well") {
  test_cluster in;
  auto& before = in.add("a");
  while (in.get(in.at.node("a")).code != outcome::ok) {
    in.service.deliver();
    before.tasks.run();
    before.paused = in.service.clients().size() > 1; // not run by `get`
  }
  before.client().hold();
  auto& after = in.add("a").node;
  in.settle();
  CHECK(after.member.is_in());
}

TEST_CASE("a node whose session ends joins again as another incarnation") {
  test_cluster in;
  auto& a = in.add("a");
  auto& b = in.add("b");
  in.settle();
  auto first = a.node.incarnations[0];
  a.client().expire();
  in.settle();
  CHECK(a.node.times_left == 1);
  REQUIRE(a.node.incarnations.size() == 2);
  CHECK(a.node.incarnations[1] > first);
  auto& seen = b.node.member.view().nodes();
  CHECK(seen.at(a.node.member.number()).incarnation == a.node.incarnations[1]);
  CHECK(a.node.member.view().nodes() == seen);
  CHECK(in.list(in.at.incarnations()).size() == 2);
}

TEST_CASE("a node joins whichever request has an unknown outcome") {
  for (auto what : {in_doubt::done, in_doubt::lost, in_doubt::late}) {
    for (int good = 0;; ++good) {
      CAPTURE(static_cast<int>(what));
      CAPTURE(good);
      test_cluster in;
      in.add("z");
      in.settle();
      auto& a = in.add("a");
      a.tasks.run();
      in.service.deliver(); // opens the session
      a.tasks.run();
      for (int i = 0; i < good; ++i) {
        in.service.deliver();
        a.tasks.run();
      }
      auto was_in = a.node.member.is_in();
      a.client().cut(what);
      in.settle();
      a.client().heal();
      in.settle();
      in.service.deliver_late();
      in.settle();
      in.tick();
      CHECK(a.node.refusal.empty());
      REQUIRE(a.node.incarnations.size() == 1);
      CHECK(a.node.incarnations[0] == incarnation_of(in, "a"));
      CHECK(in.list(in.at.incarnations()).size() == 2);
      CHECK(a.node.member.view().complete());
      CHECK(a.node.member.view().nodes().size() == 2);
      if (was_in && a.client().waiting() == 0)
        break;
    }
  }
}

TEST_CASE("the load is written now and then, not with every change") {
  test_cluster in;
  auto& a = in.add("a").node;
  in.settle();
  for (uint32_t i = 1; i <= 20; ++i) {
    a.member.set_load(i);
    in.tick(1s);
  }
  auto entry = in.get(in.at.node("a"));
  CHECK(entry.stat.version == 4); // 20 s, one every 5 s
  CHECK(decode_node_entry(entry.bytes)->sessions == 20);
  in.tick(5s);
  CHECK(in.get(in.at.node("a")).stat.version == 4);
  a.member.set_stopping(true);
  in.settle();
  CHECK(decode_node_entry(in.get(in.at.node("a")).bytes)->stopping);
}

TEST_CASE("a load that was not written is written later") {
  test_cluster in;
  auto& a = in.add("a");
  in.settle();
  a.node.member.set_load(7);
  a.client().cut(in_doubt::lost);
  in.tick(5s);
  a.client().heal();
  in.tick(5s);
  CHECK(decode_node_entry(in.get(in.at.node("a")).bytes)->sessions == 7);
}

TEST_CASE("a node that leaves is gone at once") {
  test_cluster in;
  auto& a = in.add("a").node;
  auto& b = in.add("b").node;
  in.settle();
  auto left = outcome::unknown;
  a.member.leave([&](auto x) { left = x; });
  in.settle();
  CHECK(left == outcome::ok);
  CHECK(b.member.view().nodes().size() == 1);
  CHECK(in.list(in.at.incarnations()).size() == 1);
  in.tick(10s);
  CHECK(in.list(in.at.nodes()) == std::vector<std::string>{"b"});
}

TEST_CASE("who comes and does not understand an entry is refused") {
  struct {
    std::string (*path)(const paths&);
    std::string what;
  } table[] = {
      {[](auto& x) { return x.parameters(); }, "the cluster's parameters"},
      {[](auto& x) { return x.roster(); }, "the roster of nodes"},
      {[](auto& x) { return x.partition(5); }, "the record of partition 5"},
      {[](auto& x) { return x.node("new"); }, "a node's entry"},
  };
  for (auto& each : table) {
    CAPTURE(each.what);
    test_cluster in;
    auto& a = in.add("a").node;
    in.settle();
    in.put(each.path(in.at), R"({"format": 7})");
    CHECK(a.refusal.empty()); // it was there before
    auto& b = in.add("b").node;
    in.settle();
    CHECK(b.refusal.starts_with(
        each.what
        + " has format 7, and this version of Parley understands 1 alone"));
  }
}
