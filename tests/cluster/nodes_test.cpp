#include "cluster/company.hpp"
#include "cluster/leading_times.hpp"
#include "support/doctest.hpp"

#include <csignal>
#include <cstdio>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <vector>

// Clients of real nodes, whose leaders die, stand still, or leave under load.

namespace parley::test {
namespace {

/// Every node in turn is made to go, and comes again, while people talk.
void each_in_turn(const std::function<void(server_process&)>& go) {
  node_cluster three;
  company us{three};
  us.talk_while([&] {
    for (size_t i = 0; i < three.size(); ++i) {
      CAPTURE(i);
      CHECK(us.wait_acks(100));
      go(three.node(i));
      CHECK(us.wait_acks(100));
      three.node(i).restart();
      CHECK(three.is_whole());
    }
  });
  CHECK(us.verdict() == "");
}

/// For how long partitions had no leader: in a file of its own for each, and
/// summed up in a line. Says nothing of whether that is much.
void record_leading_times(node_cluster& all) {
  std::vector<std::string> logs;
  for (size_t i = 0; i < all.size(); ++i)
    logs.push_back(all.node(i).log());
  const auto times = read_leading_times(logs);
  CHECK(times.size() == node_cluster::partitions);
  std::ofstream("leading_times.txt") << summary_of(times) << '\n'
                                     << to_string(times);
  std::printf("%s; see leading_times.txt\n", summary_of(times).c_str());
}

} // namespace

TEST_CASE("people at three nodes talk, and no event overtakes an ack "
          "(I1 to I6)") {
  node_cluster three;
  company us{three};
  us.talk_while([&] { CHECK(us.wait_acks(500)); });
  CHECK(us.overtaken() == 0);
  CHECK(us.verdict() == "");
}

TEST_CASE("nodes die under load one after the other, and come again "
          "(I1 to I6)") {
  each_in_turn([](server_process& x) { x.kill(); });
}

TEST_CASE("a node stands still for longer than its session, and goes on "
          "(I1 to I6)") {
  node_cluster three;
  company us{three};
  us.talk_while([&] {
    CHECK(us.wait_acks(100));
    three.node(1).signal(SIGSTOP);
    CHECK(us.wait_acks(100));
    three.node(1).signal(SIGCONT);
    CHECK(three.is_whole());
  });
  CHECK(us.verdict() == "");
}

TEST_CASE("nodes stop in order under load, one after the other, and come again "
          "(I1 to I6)") {
  each_in_turn([](server_process& x) { CHECK(x.terminate() == 0); });
}

TEST_CASE("two nodes come under load, and two others leave (I1 to I6)") {
  node_cluster all;
  company us{all};
  const auto is_settled = [&] {
    return all.ask("rebalance").find("\"count\":0") != std::string::npos;
  };
  us.talk_while([&] {
    CHECK(us.wait_acks(100));
    all.add();
    all.add();
    CHECK(eventually(is_settled, 4 * patience));
    CHECK(us.wait_acks(100));
    for (const auto* name : {"two", "three"}) {
      CAPTURE(name);
      CHECK(all.node(0).admin({"cluster", "drain", name}).status == 0);
      CHECK(eventually(is_settled, 4 * patience));
      CHECK(all.ask("partitions").find(name) == std::string::npos);
    }
    for (const size_t leaves : {1, 2})
      CHECK(all.node(leaves).terminate() == 0);
    CHECK(us.wait_acks(100));
    for (const auto* name : {"two", "three"})
      CHECK(all.node(0).admin({"cluster", "replace", name}).status == 0);
    CHECK(all.is_whole());
    CHECK(us.wait_acks(100));
  });
  record_leading_times(all);
  CHECK(us.verdict() == "");
}

TEST_CASE("all nodes die at once, and lose nothing that they acknowledged "
          "(I1 to I6)") {
  node_cluster three;
  company us{three};
  us.talk_while([&] {
    CHECK(us.wait_acks(100));
    for (size_t i = 0; i < three.size(); ++i)
      three.node(i).kill();
    for (size_t i = 0; i < three.size(); ++i)
      three.node(i).restart();
    CHECK(three.is_whole());
    CHECK(us.wait_acks(100));
  });
  CHECK(us.verdict() == "");
}

TEST_CASE("ZooKeeper is away for longer than a session: nobody notices "
          "(I1 to I6)") {
  node_cluster three;
  company us{three};
  us.talk_while([&] {
    CHECK(us.wait_acks(100));
    three.zookeeper().kill();
    CHECK(us.wait_acks(300));
    three.zookeeper().restart();
    CHECK(three.is_whole());
    CHECK(us.wait_acks(100));
  });
  CHECK(us.verdict() == "");
}

TEST_CASE("a node that stood alone begins a cluster with its data (I1 to I6)") {
  std::optional<company> us;
  cluster_options with;
  with.alone = [&](node_cluster& one) {
    us.emplace(one);
    us->talk_while([&] { CHECK(us->wait_acks(200)); });
  };
  node_cluster all{with};
  us->talk_while([&] {
    CHECK(us->wait_acks(100));
    all.node(0).kill();
    CHECK(us->wait_acks(100));
    all.node(0).restart();
    CHECK(all.is_whole());
  });
  CHECK(us->verdict() == "");
}

TEST_CASE("the data of a node that stood alone are not for a cluster that "
          "exists") {
  node_cluster three;
  server_process alone{{{"cluster.partitions", 16}}};
  CHECK(alone.terminate() == 0);
  alone.configure(three.settings_of("four"));
  try {
    alone.restart();
    FAIL("it was taken in");
  } catch (const std::runtime_error& why) {
    CHECK(std::string{why.what()}.find("stood alone") != std::string::npos);
  }
  alone.configure({{"cluster.partitions", 16}});
  alone.restart(); // It is as it was.
}

TEST_CASE("who does not fit into the cluster is refused, and told why") {
  node_cluster three;
  struct row {
    const char* key;
    toml_value value;
    const char* says;
  };
  const row rows[] = {
      {"node.id", "two", "node.id"},
      {"cluster.partitions", 32, "partitions"},
      {"cluster.replicas", 2, "replicas"},
      {"auth.token_secret_file", "", "keys"},
  };
  for (const auto& x : rows) {
    CAPTURE(x.key);
    auto with = three.settings_of("four");
    with.insert_or_assign(x.key, x.value);
    try {
      server_process odd{with};
      FAIL("it was taken in");
    } catch (const std::runtime_error& why) {
      CHECK(std::string{why.what()}.find(x.says) != std::string::npos);
    }
  }
  CHECK(three.is_whole());
}

} // namespace parley::test
