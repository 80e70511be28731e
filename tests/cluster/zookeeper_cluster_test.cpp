#include "cluster/test_node.hpp"
#include "cluster/zookeeper_client.hpp"
#include "support/doctest.hpp"
#include "support/zookeeper_process.hpp"

#include <list>

// Membership and controller over the real service. What it takes is told, and
// not asserted.

using namespace parley;
using namespace parley::cluster;
using namespace parley::test;

namespace {

constexpr uint32_t many = 1024;

struct real_cluster {
  test_node& add(const std::string& name) {
    return nodes.emplace_back(
        connect_zookeeper({zookeeper.servers(), milliseconds{10'000}},
                          tasks.poster()),
        tasks.poster(), test_settings(name, test_parameters(many)));
  }

  bool until(const std::function<bool()>& holds) {
    const auto deadline = test::clock::now() + 4 * patience;
    auto next_tick = test::clock::now();
    while (!holds()) {
      if (test::clock::now() > deadline)
        return false;
      tasks.run_one(milliseconds{50});
      if (test::clock::now() < next_tick)
        continue;
      next_tick += milliseconds{500};
      for (auto& each : nodes)
        each.tick(test::clock::now().time_since_epoch() / milliseconds{1}
                  * milliseconds{1});
    }
    return true;
  }

  bool all_see(const std::function<bool(const versioned_record&)>& what) {
    return std::all_of(nodes.begin(), nodes.end(), [&](auto& node) {
      auto& records = node.member.view().records();
      return records.size() == many
             && std::all_of(records.begin(), records.end(),
                            [&](auto& x) { return what(x.second); });
    });
  }

  size_t controllers() const {
    return static_cast<size_t>(std::count_if(
        nodes.begin(), nodes.end(), [](auto& x) { return x.controls(); }));
  }

  zookeeper_process zookeeper;
  task_queue tasks;
  std::list<test_node> nodes;
};

/// How many partitions the node leads.
auto led_by(test_node& node) {
  const auto& records = node.member.view().records();
  return std::count_if(records.begin(), records.end(), [&](auto& x) {
    return x.second.record.leader == node.member.number();
  });
}

milliseconds since(test::clock::time_point begin) {
  return std::chrono::duration_cast<milliseconds>(test::clock::now() - begin);
}

} // namespace

TEST_CASE("a cluster of 1,024 partitions begins, loses nodes, its controller "
          "and ZooKeeper, and goes on") {
  real_cluster in;
  auto begin = test::clock::now();
  for (auto name : {"a", "b", "c", "d"})
    in.add(name);
  REQUIRE(in.until([&] {
    return in.all_see([](auto& x) { return x.record.isr.size() == 3; });
  }));
  MESSAGE("records of 1,024 partitions made and seen by all after ",
          since(begin).count(), " ms");
  CHECK(in.controllers() == 1);

  // A node that does not control leaves; a member of each set leads next. Who
  // came last may have no partitions yet.
  auto gone = std::find_if(in.nodes.begin(), in.nodes.end(), [](auto& x) {
    return !x.controls() && led_by(x) > 0;
  });
  REQUIRE(gone != in.nodes.end());
  auto number = gone->member.number();
  auto led = led_by(*gone);
  begin = test::clock::now();
  in.nodes.erase(gone);
  REQUIRE(in.until([&] {
    return in.all_see([&](auto& x) { return x.record.leader != number; });
  }));
  MESSAGE("failover of ", led, " partitions after ", since(begin).count(),
          " ms");

  // The controller's session ends: another takes over and fails over.
  auto controller = std::find_if(in.nodes.begin(), in.nodes.end(),
                                 [](auto& x) { return x.controls(); });
  auto old = controller->incarnations.back();
  auto& client = dynamic_cast<zookeeper_client&>(*controller->client);
  while (controller->times_left == 0) {
    client.close_session_from_elsewhere();
    auto limit = test::clock::now() + milliseconds{2000};
    in.until([&] {
      return controller->times_left > 0 || test::clock::now() > limit;
    });
  }
  REQUIRE(in.until([&] {
    return controller->incarnations.size() == 2 && in.controllers() == 1
           && in.all_see([&](auto& x) {
                return x.record.leader != controller->member.number();
              });
  }));
  CHECK(controller->incarnations.back() > old);
  CHECK_FALSE(controller->controls());

  // ZooKeeper restarts: sessions and records outlive it, writes go on.
  auto before = in.nodes.front().member.view().records();
  in.zookeeper.kill();
  in.zookeeper.restart();
  auto& other = in.nodes.back();
  other.member.set_load(42);
  other.member.set_stopping(true);
  REQUIRE(in.until([&] {
    auto& seen = in.nodes.front().member.view().nodes();
    auto found = seen.find(other.member.number());
    return found != seen.end() && found->second.entry.stopping
           && found->second.entry.sessions == 42;
  }));
  for (auto& node : in.nodes) {
    CHECK(node.refusal.empty());
    CHECK(node.times_left == (&node == &*controller ? 1 : 0));
    for (auto& [p, x] : node.member.view().records())
      CHECK(x.record.epoch >= before.at(p).record.epoch);
  }
}

TEST_CASE("a node of another data directory is refused, its own comes back") {
  real_cluster in;
  auto& a = in.add("a");
  REQUIRE(in.until([&] { return a.member.is_in(); }));
  auto with = test_settings("a", test_parameters(many));
  with.self.instance = "another disk";
  auto& other = in.nodes.emplace_back(
      connect_zookeeper({in.zookeeper.servers(), milliseconds{10'000}},
                        in.tasks.poster()),
      in.tasks.poster(), with);
  REQUIRE(in.until([&] { return !other.refusal.empty(); }));
  CHECK(other.refusal.find("\"a\" is in the cluster already")
        != std::string::npos);
  auto& again = in.add("a");
  REQUIRE(in.until([&] { return again.member.is_in(); }));
  CHECK(again.incarnations.back() > a.incarnations.back());
  REQUIRE(in.until([&] { return !a.refusal.empty(); }));
}
