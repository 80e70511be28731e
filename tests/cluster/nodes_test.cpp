#include "cluster/node_cluster.hpp"
#include "crash/durable_client.hpp"
#include "crash/outcome.hpp"
#include "crash/rendezvous.hpp"
#include "support/doctest.hpp"
#include "support/recording.hpp"

#include <algorithm>
#include <csignal>
#include <functional>
#include <future>
#include <list>
#include <thread>

// Clients of real nodes, whose leaders die, stand still, or leave under load.

namespace parley::test {
namespace {

constexpr size_t in_flight_max = 8;

/// Four people at different nodes, one of them with two devices, in a group
/// and in pairs.
class company {
public:
  explicit company(node_cluster& at)
      : at_(at), people_(register_accounts(at.node(0), "user", 4)) {
    for (const auto& person : people_)
      clients_.emplace_back(person, "phone");
    clients_.emplace_back(people_[0], "tablet");
    size_t i = 0;
    for (auto& x : clients_)
      CHECK(x.connect(at.node(i++ % at.size()).where()));
    all_.push_back(
        {create_group(people_[0], {people_.begin() + 1, people_.end()}),
         people_});
    for (size_t n = 0; n + 1 < people_.size(); ++n)
      all_.push_back(
          {direct(people_[n], people_[n + 1]), {people_[n], people_[n + 1]}});
  }

  /// Talks while `happens` runs, and until everything is answered.
  void talk_while(const std::function<void()>& happens) {
    std::vector<std::future<void>> talks;
    size_t i = 0;
    for (auto& x : clients_)
      talks.push_back(std::async(std::launch::async,
                                 [this, &x, i = i++] { keep_talking(x, i); }));
    happens();
    meeting_.stop_sending();
    for (auto& x : talks)
      x.get();
  }

  /// Waits until so many more messages are acknowledged.
  bool wait_acks(size_t more) {
    return meeting_.wait_acks(meeting_.acks() + more, 2 * patience);
  }

  /// The checker's verdict, also over new devices that read whole inboxes.
  std::string verdict() {
    const auto histories = read_all();
    client_records others;
    std::vector<const durable_client*> all;
    size_t i = 0;
    for (auto& x : clients_) {
      if (!x.connected())
        CHECK(x.connect(at_.node(i % at_.size()).where()));
      CHECK(read_to_the_end(x, histories));
      all.push_back(&x);
      ++i;
    }
    for (const auto& person : people_)
      merge(others, read_whole_inbox(at_.node(i++ % at_.size()).where(), person,
                                     histories));
    return test::verdict(all, std::move(others), histories);
  }

private:
  /// Leaders still move for a while. A reader who is told that one is
  /// unavailable asks again.
  std::vector<reading> read_all() {
    const auto end = clock::now() + patience;
    for (;;)
      try {
        return read_histories(all_);
      } catch (const std::exception& why) {
        const auto again = std::string{why.what()}.find("\"unavailable\"");
        if (again == std::string::npos || clock::now() > end)
          throw;
        std::this_thread::sleep_for(milliseconds(100));
      }
  }

  void keep_talking(durable_client& client, size_t at) {
    std::vector<std::string> convs;
    for (const auto& [conv, readers] : all_)
      if (std::any_of(readers.begin(), readers.end(),
                      [&](const auto& x) { return x.user() == client.user(); }))
        convs.push_back(conv);
    for (size_t n = 0; meeting_.sending() || client.unanswered() > 0; ++n) {
      const auto before = client.acknowledged();
      if (!client.connected()) {
        client.connect(at_.node(at++ % at_.size()).where());
      } else if (meeting_.sending() && client.unanswered() < in_flight_max) {
        client.post(convs[n % convs.size()], "message " + std::to_string(n));
        client.read(milliseconds(1));
      } else {
        client.read(milliseconds(50));
      }
      meeting_.count_acks(client.acknowledged() - before);
    }
  }

  node_cluster& at_;
  std::vector<account> people_;
  std::list<durable_client> clients_;
  std::vector<shared_conversation> all_;
  rendezvous meeting_;
};

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

} // namespace

TEST_CASE("people at three nodes talk (I1 to I6)") {
  node_cluster three;
  company us{three};
  us.talk_while([&] { CHECK(us.wait_acks(500)); });
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
