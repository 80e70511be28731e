#include "actors/pair_of_users.hpp"
#include "actors/stored.hpp"

#include "parley/base/limits.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace parley;
using namespace parley::test;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

void post_some(client& by, node& n, int first, int count) {
  for (int i = first; i < first + count; ++i)
    by.start(send_frame(direct, "some-" + std::to_string(i), "x"));
  n.run();
  by.heard();
}

/// Takes all that there is for a client, window after window.
std::vector<json::object> read_out(client& who, node& n) {
  std::vector<json::object> all;
  for (;;) {
    n.run();
    auto some = who.events();
    if (some.empty())
      return all;
    all.insert(all.end(), some.begin(), some.end());
    who.acknowledge();
  }
}

/// Whether no `useq` names two entries, or goes down within one connection.
class useq_watch {
public:
  void see(const std::vector<json::object>& events) {
    int64_t last = 0;
    for (const auto& x : events) {
      const auto useq = number_of(x, "useq");
      const auto place = std::pair{text_of(x, "conv"), number_of(x, "seq")};
      REQUIRE(useq > last);
      last = useq;
      REQUIRE(given_.emplace(useq, place).first->second == place);
    }
  }

  int64_t highest() const { return given_.rbegin()->first; }

private:
  std::map<int64_t, std::pair<std::string, int64_t>> given_;
};

config::settings short_inbox() {
  auto with = calm_settings();
  with.storage.inbox_rows = 20;
  with.storage.inbox_days = 1;
  return with;
}

} // namespace

TEST_CASE("useq go on without a gap over blocks and rests (I5)") {
  node n;
  n.register_users({"alice", "bob"});
  auto alice = n.connect("alice", "phone");
  auto bob = n.connect("bob", "phone");
  bob->heard();
  useq_watch watch;
  constexpr int some = static_cast<int>(limits::useq_block) + 100;
  post_some(*alice, n, 0, some);
  auto got = read_out(*bob, n);
  bob->hang_up();
  n.advance(seconds{200});
  REQUIRE(node::active().users == 0);
  post_some(*alice, n, some, some);
  auto again = n.connect("bob", "phone");
  const auto more = read_out(*again, n);
  got.insert(got.end(), more.begin(), more.end());
  watch.see(got);
  CHECK(got.size() == 2 * some);
  CHECK(watch.highest() == 2 * some);
}

TEST_CASE("no useq is given out twice, wherever the node stopped (I5)") {
  // From the first step on in which alice's messages are under way.
  for (int steps = 0; steps < 60; ++steps) {
    CAPTURE(steps);
    node n;
    n.register_users({"alice", "bob"});
    useq_watch watch;
    for (int life = 0; life < 3; ++life) {
      auto alice = n.connect("alice", "phone");
      auto bob = n.connect("bob", "phone", 0);
      for (int i = 0; i < 3; ++i)
        alice->start(send_frame(
            direct, std::to_string(life) + '-' + std::to_string(i), "x"));
      for (int i = 0; i < steps; ++i)
        n.step();
      watch.see(bob->events());
      n.restart();
    }
  }
}

TEST_CASE("an event that was sent before its inbox row was durable comes again "
          "under a higher useq (I4, I5)") {
  auto early = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    node n{calm_settings(), seed};
    n.register_users({"alice", "bob"});
    auto alice = n.connect("alice", "phone");
    auto bob = n.connect("bob", "phone");
    bob->heard();
    alice->start(send_frame(direct, "c1", "hello"));
    std::vector<json::object> events;
    while (events.empty() && n.step_by_chance())
      events = bob->events();
    REQUIRE(events.size() == 1);
    if (!stored_inbox(n, "bob").empty())
      continue;
    ++early;
    const auto useq = number_of(events[0], "useq");
    n.restart();
    auto again = n.connect("bob", "phone", useq);
    n.run();
    const auto repeated = again->events();
    REQUIRE(repeated.size() == 1);
    CHECK(number_of(repeated[0], "seq") == 1);
    CHECK(number_of(repeated[0], "useq") > useq);
    CHECK(stored_inbox(n, "bob").size() == 1);
  }
  CHECK(early > 0);
}

TEST_CASE("what a crash cut off is behind the reserved block, and the head "
          "with it (I5)") {
  node n;
  n.register_users({"alice", "bob"});
  auto alice = n.connect("alice", "phone");
  auto bob = n.connect("bob", "phone");
  post_some(*alice, n, 0, 5);
  n.restart();
  alice = n.connect("alice", "phone");
  bob = n.connect("bob", "tablet");
  bob->heard();
  post_some(*alice, n, 5, 1);
  const auto events = bob->events();
  REQUIRE(events.size() == 1);
  CHECK(number_of(events[0], "useq")
        == static_cast<int64_t>(limits::useq_block) + 1);
}

TEST_CASE("an orderly stop leaves nothing undelivered and no outbox row that "
          "has work") {
  node n;
  n.register_users({"alice", "bob"});
  auto alice = n.connect("alice", "phone");
  post_some(*alice, n, 0, 700);
  n.advance(seconds{200});
  CHECK(stored_rows<history::outbox_record>(n, history::record::outbox) == 0);
  CHECK(stored_inbox(n, "bob").size() == 700);
}

TEST_CASE("an inbox keeps as many rows as it must, the newest, and says how "
          "far it was trimmed") {
  node n{short_inbox()};
  n.register_users({"alice", "bob"});
  auto alice = n.connect("alice", "phone");
  post_some(*alice, n, 0, 100);
  CHECK(stored_inbox(n, "bob").size() == 100);

  // What is a day old may go, but for the newest 20, once a rest has counted
  // it in the list.
  n.clock().advance(hours{48});
  n.advance(seconds{200});
  for (int i = 100; i < 140; ++i)
    post_some(*alice, n, i, 1);
  const auto kept = stored_inbox(n, "bob");
  CHECK(kept.size() >= 20);
  CHECK(kept.size() < 80);
  CHECK(kept.back().seq == 140);

  const auto oldest = static_cast<int64_t>(kept.front().useq);
  auto tablet = n.connect("bob", "tablet", oldest - 1);
  CHECK(numbers_of(read_out(*tablet, n), "useq").size() == kept.size());

  auto too_late = n.connect("bob", "laptop", oldest - 2);
  n.run();
  const auto heard = too_late->heard();
  CHECK_FALSE(
      find(heard, {{"t", "reset"}, {"reason", "too_far"}, {"useq", 140}})
          .empty());
  CHECK_FALSE(find(heard, {{"t", "caught_up"}, {"useq", 140}}).empty());
  post_some(*alice, n, 140, 1);
  CHECK(numbers_of(too_late->events(), "seq") == std::vector<int64_t>{141});
}

TEST_CASE("a device that acknowledged too long ago is told so as well") {
  node n{short_inbox()};
  n.register_users({"alice", "bob"});
  auto alice = n.connect("alice", "phone");
  auto bob = n.connect("bob", "phone");
  post_some(*alice, n, 0, 5);
  read_out(*bob, n);
  bob->hang_up();
  n.run();
  n.clock().advance(hours{1});
  post_some(*alice, n, 5, 95);
  n.clock().advance(hours{48});
  n.advance(seconds{200});
  for (int i = 100; i < 140; ++i)
    post_some(*alice, n, i, 1);
  auto again = n.connect("bob", "phone");
  n.run();
  CHECK_FALSE(
      find(again->heard(), {{"t", "reset"}, {"reason", "too_far"}}).empty());
}

TEST_CASE("trimming takes nothing that the list has not counted") {
  auto with = short_inbox();
  with.storage.inbox_rows = 1;
  with.storage.inbox_days = 0;
  node n{with};
  n.register_users({"alice", "bob", "cyd"});
  auto alice = n.connect("alice", "phone");
  auto cyd = n.connect("cyd", "phone");
  cyd->post("dm:bob:cyd", "one");
  n.clock().advance(hours{1});
  post_some(*alice, n, 0, 60);
  n.clock().advance(hours{1});
  post_some(*alice, n, 60, 60);
  n.restart();
  auto bob = n.connect("bob", "phone", 0);
  const auto items =
      objects_of(bob->request({{"t", "conversations"}}), "items");
  CHECK_FALSE(find(items, {{"conv", direct}, {"unread", 120}}).empty());
  CHECK_FALSE(find(items, {{"conv", "dm:bob:cyd"}, {"unread", 1}}).empty());
  cyd = n.connect("cyd", "phone");
  bob->heard();
  cyd->post("dm:bob:cyd", "two");
  n.run();
  CHECK(numbers_of(bob->events(), "seq") == std::vector<int64_t>{2});
}

TEST_CASE("the mark of trimming survives a crash, and so does the count of "
          "rows to keep") {
  node n{short_inbox()};
  n.register_users({"alice", "bob"});
  // Many lives, each of which reads its inbox again from the last checkpoint.
  for (int life = 0; life < 6; ++life) {
    auto alice = n.connect("alice", "phone");
    for (int i = 0; i < 15; ++i)
      post_some(*alice, n, life * 100 + i, 1);
    n.restart();
  }
  n.clock().advance(hours{48});
  auto alice = n.connect("alice", "phone");
  post_some(*alice, n, 1000, 1);
  n.advance(seconds{200});
  for (int i = 1; i < 30; ++i)
    post_some(*alice, n, 1000 + i, 1);
  auto kept = stored_inbox(n, "bob");
  CHECK(kept.size() >= 20);
  CHECK(kept.size() < 90);
  n.restart();
  auto late =
      n.connect("bob", "phone", static_cast<int64_t>(kept.front().useq) - 2);
  n.run();
  CHECK_FALSE(
      find(late->heard(), {{"t", "reset"}, {"reason", "too_far"}}).empty());
}
