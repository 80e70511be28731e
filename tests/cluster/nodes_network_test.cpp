#include "cluster/company.hpp"
#include "support/deadline.hpp"
#include "support/doctest.hpp"

#include <algorithm>
#include <csignal>
#include <functional>
#include <string>

// Nodes on hosts of their own, whose network fails under load.

namespace parley::test {
namespace {

/// People talk while something happens to the nodes, and after it is over.
/// Nothing may be lost, doubled or out of order.
void talk_through(const std::function<void(node_cluster&, company&)>& fault,
                  const overrides& settings = {}) {
  if (!network_hosts::possible()) {
    MESSAGE("not run: network namespaces take root, ip and nft");
    return;
  }
  node_cluster all{{.settings = settings, .apart = true}};
  company us{all};
  us.talk_while([&] {
    CHECK(us.wait_acks(100));
    fault(all, us);
    all.hosts().heal();
    CHECK(all.is_whole());
    CHECK(us.wait_acks(100));
  });
  CHECK(us.verdict() == "");
}

void cut_from_peers(node_cluster& all, size_t node) {
  for (size_t i = 0; i < all.size(); ++i)
    if (i != node)
      all.hosts().cut(node, i);
}

} // namespace

TEST_CASE("no fault at all (I1 to I6)") {
  talk_through([](auto&, company& us) { CHECK(us.wait_acks(500)); });
}

TEST_CASE("a node is cut off from everyone (I1 to I6)") {
  talk_through([](node_cluster& all, company& us) {
    all.hosts().isolate(0);
    CHECK(us.wait_acks(200));
  });
}

TEST_CASE("a node is cut off from its peers, but not from ZooKeeper: before "
          "that is over, others lead and its clients are there (I1 to I6)") {
  talk_through(
      [](node_cluster& all, company& us) {
        cut_from_peers(all, 1);
        CHECK(us.wait_acks_of_each(50));
        const auto others_lead = [&] {
          const auto leaders = all.leaders();
          return !leaders.empty()
                 && std::all_of(leaders.begin(), leaders.end(),
                                [](const auto& x) { return x.second != 1; });
        };
        CHECK(eventually(others_lead));
      },
      {{"actors.leaderless_timeout", "4s"}});
}

TEST_CASE("a node is cut off from ZooKeeper, but not from its peers "
          "(I1 to I6)") {
  talk_through([](node_cluster& all, company& us) {
    all.hosts().cut(2, all.zookeeper_host());
    CHECK(us.wait_acks(200));
  });
}

TEST_CASE("two nodes are cut apart one way (I1 to I6)") {
  talk_through([](node_cluster& all, company& us) {
    all.hosts().cut_one_way(0, 1);
    CHECK(us.wait_acks(200));
    all.hosts().heal();
    CHECK(us.wait_acks(100));
    all.hosts().cut_one_way(1, 0);
    CHECK(us.wait_acks(200));
  });
}

TEST_CASE("a node hears ZooKeeper, and is not heard by it (I1 to I6)") {
  talk_through([](node_cluster& all, company& us) {
    all.hosts().cut_one_way(1, all.zookeeper_host());
    CHECK(us.wait_acks(200));
  });
}

TEST_CASE("a node dies while another is cut off from ZooKeeper (I1 to I6)") {
  talk_through([](node_cluster& all, company& us) {
    all.hosts().cut(2, all.zookeeper_host());
    CHECK(us.wait_acks(50));
    all.node(0).kill();
    all.hosts().heal();
    CHECK(us.wait_acks(200));
    all.node(0).restart();
  });
}

TEST_CASE("a node stands still while the others are cut apart (I1 to I6)") {
  talk_through([](node_cluster& all, company& us) {
    all.node(0).signal(SIGSTOP);
    all.hosts().cut(1, 2);
    all.hosts().heal();
    CHECK(us.wait_acks(200));
    all.node(0).signal(SIGCONT);
  });
}

} // namespace parley::test
