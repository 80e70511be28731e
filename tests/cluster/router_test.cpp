#include "cluster/stepped_system.hpp"

#include "parley/actors/leading_messages.hpp"
#include "parley/cluster/replicator.hpp"
#include "parley/cluster/router.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace parley;
using namespace parley::cluster;

namespace {

/// A router of node 1 with two partitions; what these and the replicator are
/// told is written down.
struct routed {
  routed() {
    for (size_t i = 0; i < 2; ++i)
      here.push_back(recorder());
    there = recorder();
    replicator = sys->spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {
          [this](const record_seen&) { ++records; },
          [this](const peer_replicator& x) {
            peers += std::to_string(x.node) + (x.replicator ? "+" : "-");
          },
          [](const get_log_ends& x) {
            return log_ends{7, {{x.partitions.at(0), {3, 9}}}};
          },
          [this](const give_up_lead& x) { given_up = x.to; },
      };
    });
    router = spawn_router(*sys, {1, here, replicator});
  }

  ~routed() {
    for (auto& each : here)
      sys.kill(each);
    sys.kill(there);
    sys.kill(replicator);
    sys.kill(router);
    here.clear();
    sys.run();
  }

  caf::actor recorder() {
    return sys->spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {
          [this](const leadership& x) {
            static constexpr const char* names[] = {"none", "here", "there"};
            told += std::to_string(x.epoch) + ' '
                    + names[static_cast<size_t>(x.where)] + ", ";
          },
          [this](const yield_lead& x) {
            told += std::to_string(x.epoch) + " yields, ";
          },
          [this](const node_gone&) { ++gone; },
      };
    });
  }

  template <class T>
  std::string tell(T x) {
    told.clear();
    caf::anon_send(router, std::move(x));
    sys.run();
    return told;
  }

  std::string record(uint64_t epoch, rep::node_id leader) {
    record_seen x;
    x.record.version = epoch;
    x.record.record.epoch = epoch;
    x.record.record.leader = leader;
    return tell(x);
  }

  peer_up up() {
    peer_up x;
    x.node = 2;
    x.replicator = replicator;
    x.partitions = {there, there};
    return x;
  }

  test::stepped_system sys;
  std::vector<caf::actor> here;
  caf::actor there;
  caf::actor replicator;
  caf::actor router;
  std::string told;
  std::string peers;
  int records = 0;
  int gone = 0;
  rep::node_id given_up = 0;
};

} // namespace

TEST_CASE("a node leads when it has everything, not when the record names it") {
  routed all;
  CHECK(all.record(5, 1) == "5 none, ");
  CHECK(all.tell(partition_led{0, 5}) == "5 here, ");
  CHECK(all.tell(partition_led{0, 5}).empty());
  CHECK(all.tell(partition_lost{0}) == "5 none, ");
  CHECK(all.records == 1);
}

TEST_CASE("a partition that is led here is told when it is to give way") {
  routed all;
  all.record(5, 1);
  all.tell(partition_led{0, 5});
  CHECK(all.tell(partition_yields{0, 5}) == "5 yields, ");
}

TEST_CASE("who asks is told who leads what, and what nobody leads") {
  routed all;
  all.record(5, 1);
  all.tell(partition_led{0, 5});
  all.tell(all.up());
  leaders known;
  caf::scoped_actor asker{*all.sys};
  auto waiting = asker->request(all.router, caf::infinite, get_leaders{});
  all.sys.run();
  waiting.receive([&](const leaders& x) { known = x; },
                  [](const caf::error&) { FAIL("no answer"); });
  REQUIRE(known.nodes.size() == 2);
  CHECK(known.nodes[0].number == 1);
  CHECK(known.nodes[0].partitions == all.here);
  CHECK(known.nodes[0].leads == std::vector<uint16_t>{0});
  CHECK(known.nodes[1].number == 2);
  CHECK(known.nodes[1].leads.empty());
  CHECK(known.without == std::vector<uint16_t>{1});
}

TEST_CASE("a leader elsewhere is one that there is a link to") {
  routed all;
  CHECK(all.record(5, 2) == "5 none, ");
  CHECK(all.tell(all.up()) == "5 there, ");
  CHECK(all.peers == "2+");
  peer_down down;
  down.node = 2;
  CHECK(all.tell(down) == "5 none, ");
  CHECK(all.peers == "2+2-");
  CHECK(all.gone == 2);
  // The same node again: its handles are others.
  CHECK(all.tell(all.up()) == "5 there, ");
}

TEST_CASE("a higher epoch deposes at once, an older record changes nothing") {
  routed all;
  all.record(5, 1);
  all.tell(partition_led{0, 5});
  all.tell(all.up());
  CHECK(all.record(6, 2) == "6 there, ");
  CHECK(all.record(5, 1).empty());
  CHECK(all.records == 3);
}

TEST_CASE(
    "the controller's questions reach the nodes that there are links to") {
  routed all;
  auto answered = 0;
  auto ask = [&](rep::node_id node) {
    all.tell(ask_log_ends{node, {1}, [&](const log_ends& x) {
                            ++answered;
                            CHECK(x.incarnation == 7);
                            CHECK(x.all.at(0).last == rep::position{3, 9});
                          }});
  };
  ask(1);
  CHECK(answered == 1);
  ask(2);
  CHECK(answered == 1);
  all.tell(all.up());
  ask(2);
  CHECK(answered == 2);
  all.tell(ask_hand_over{2, {1, 3}});
  CHECK(all.given_up == 3);
}

TEST_CASE("a peer with another number of partitions is not routed to") {
  routed all;
  all.record(5, 2);
  auto odd = all.up();
  odd.partitions.pop_back();
  CHECK(all.tell(odd).empty());
}
