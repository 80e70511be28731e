#include "actors/fake_connection.hpp"
#include "actors/pair_of_users.hpp"
#include "actors/stored.hpp"

#include "parley/base/limits.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace parley;
using namespace parley::test;
using std::chrono::seconds;

namespace {

using seqs = std::vector<int64_t>;

seqs from_to(int64_t first, int64_t last) {
  seqs all;
  for (auto i = first; i <= last; ++i)
    all.push_back(i);
  return all;
}

seqs seqs_of(const std::vector<json::object>& events) {
  return numbers_of(events, "seq");
}

void post_some(client& by, node& n, const std::string& conv, int count,
               const std::string& body = "x") {
  static int64_t made = 0;
  for (int i = 0; i < count; ++i)
    by.start(send_frame(conv, "some-" + std::to_string(++made), body));
  n.run();
}

} // namespace

TEST_CASE("a client that sends no recv gets one window full of events and no "
          "more (I8)") {
  pair_of_users x;
  post_some(*x.alice, x.n, direct, 600);
  CHECK(seqs_of(x.bob->events()) == from_to(1, 256));
  CHECK(x.bob->connection().is_window_full);
  x.n.run();
  CHECK(x.bob->events().empty());
}

TEST_CASE("each recv lets as many more through, without a gap or a double "
          "(I4)") {
  pair_of_users x;
  post_some(*x.alice, x.n, direct, 600);
  auto got = seqs_of(x.bob->events());
  for (int64_t upto : {1, 10, 11, 100, 256}) {
    CAPTURE(upto);
    x.bob->say({{"t", "recv"}, {"useq", upto}});
    x.n.run();
    for (auto seq : seqs_of(x.bob->events()))
      got.push_back(seq);
    CHECK(got == from_to(1, 256 + upto));
    CHECK(x.bob->connection().is_window_full);
  }
  x.bob->acknowledge();
  x.n.run();
  for (auto seq : seqs_of(x.bob->events()))
    got.push_back(seq);
  CHECK(got == from_to(1, 600));
  CHECK_FALSE(x.bob->connection().is_window_full);
}

TEST_CASE("the window shuts at 2 MiB, too (I8)") {
  pair_of_users x;
  const auto body = repeated("x", limits::body_chars_max);
  post_some(*x.alice, x.n, direct, 30, body);
  const auto first = seqs_of(x.bob->events());
  CHECK(first == from_to(1, 20));
  CHECK(x.bob->connection().is_window_full);
  x.bob->acknowledge();
  x.n.run();
  CHECK(seqs_of(x.bob->events()) == from_to(21, 30));
}

TEST_CASE("a window that opens while messages come loses and doubles nothing, "
          "in any order of things (I4)") {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    node n{calm_settings(), seed};
    n.register_users({"alice", "bob"});
    auto alice = n.connect("alice", "phone");
    auto bob = n.connect("bob", "phone");
    bob->heard();
    post_some(*alice, n, direct, 250);
    seqs got;
    auto look = [&] {
      for (auto seq : seqs_of(bob->events()))
        got.push_back(seq);
    };
    for (int i = 0; i < 200; ++i) {
      alice->start(send_frame(direct, "more-" + std::to_string(i), "x"));
      for (int j = 0; j < 12; ++j)
        n.step_by_chance();
      look();
      if (i % 20 == 19)
        bob->acknowledge();
    }
    while (got.size() < 450) {
      const auto before = got.size();
      bob->acknowledge();
      n.run();
      look();
      REQUIRE(got.size() > before);
    }
    CHECK(got == from_to(1, 450));
  }
}

TEST_CASE("a recv beyond what was sent, or an old one, does no harm") {
  pair_of_users x;
  post_some(*x.alice, x.n, direct, 300);
  x.bob->events();
  x.bob->say({{"t", "recv"}, {"useq", 1'000'000}});
  x.n.run();
  CHECK(seqs_of(x.bob->events()) == from_to(257, 300));
  x.bob->say({{"t", "recv"}, {"useq", 3}});
  x.n.run();
  CHECK(x.bob->events().empty());
  post_some(*x.alice, x.n, direct, 212);
  CHECK(seqs_of(x.bob->events()) == from_to(301, 512));
  CHECK(x.bob->connection().is_window_full);
}

TEST_CASE("a slow device keeps no other waiting") {
  pair_of_users x;
  auto laptop = x.n.connect("bob", "laptop");
  post_some(*x.alice, x.n, direct, 200);
  laptop->events();
  laptop->acknowledge();
  post_some(*x.alice, x.n, direct, 200);
  CHECK(seqs_of(laptop->events()) == from_to(201, 400));
  CHECK(seqs_of(x.bob->events()) == from_to(1, 256));
}

TEST_CASE("own messages that pass while the session is behind are not told it "
          "again") {
  pair_of_users x;
  post_some(*x.alice, x.n, direct, 300);
  x.bob->heard();
  CHECK(x.bob->post(direct, "mine") == 301);
  post_some(*x.alice, x.n, direct, 1);
  x.bob->acknowledge();
  x.n.run();
  auto expected = from_to(257, 300);
  expected.push_back(302);
  CHECK(seqs_of(x.bob->events()) == expected);
}

namespace {

/// The part of an event that stays when it is told again.
std::string identity_of(const json::object& event) {
  return text_of(event, "conv") + '/' + std::to_string(number_of(event, "seq"));
}

/// Makes bob some events in several conversations; alice is in all of them.
void make_traffic(pair_of_users& x) {
  x.n.register_users({"cyd"});
  auto cyd = x.n.connect("cyd", "phone");
  x.n.done(x.n.create_group("alice", group, {"bob"}));
  for (int i = 0; i < 4; ++i) {
    x.alice->post(direct, "direct");
    x.alice->post(group, "group");
    cyd->post("dm:bob:cyd", "other");
    x.bob->post(group, "own");
  }
  x.n.done(x.n.add_members("alice", group, {"cyd"}));
  cyd->post(group, "late");
  x.n.done(x.n.remove_member("alice", group, "bob"));
  x.alice->post(group, "not for bob");
}

} // namespace

TEST_CASE("resuming from any useq gives exactly what lies beyond (I5)") {
  pair_of_users x;
  auto laptop = x.n.connect("bob", "laptop");
  make_traffic(x);
  const auto all = laptop->events();
  REQUIRE(all.size() == 20);
  auto is_after_crash = false;
  SUBCASE("from memory") {}
  SUBCASE("after a rest") {
    laptop->hang_up();
    x.bob->hang_up();
    x.n.advance(seconds{200});
    REQUIRE(node::active().users == 0);
  }
  SUBCASE("after a crash") {
    x.n.restart();
    is_after_crash = true;
  }
  SUBCASE("after an orderly stop") {
    x.n.stop();
    x.n.start();
    is_after_crash = true;
  }
  for (size_t i = 0; i <= all.size(); ++i) {
    const auto since = i == 0 ? 0 : number_of(all[i - 1], "useq");
    CAPTURE(since);
    auto tablet = x.n.connect("bob", "tablet", since);
    x.n.run();
    const auto heard = tablet->heard();
    std::vector<std::string> expected;
    for (auto j = i; j < all.size(); ++j)
      expected.push_back(identity_of(all[j]));
    std::vector<std::string> got;
    for (const auto& event : heard)
      if (event.contains("seq")) {
        got.push_back(identity_of(event));
        CHECK(number_of(event, "useq") > since);
      }
    CHECK(got == expected);
    const auto end = find(heard, {{"t", "caught_up"}});
    REQUIRE_FALSE(end.empty());
    if (is_after_crash)
      CHECK(number_of(end, "useq") >= number_of(all.back(), "useq"));
    else
      CHECK(number_of(end, "useq") == number_of(all.back(), "useq"));
  }
}

TEST_CASE("a device without since goes on after its last recv, a new one at "
          "the head") {
  pair_of_users x;
  post_some(*x.alice, x.n, direct, 10);
  x.bob->events();
  x.bob->say({{"t", "recv"}, {"useq", 4}});
  x.n.run();
  SUBCASE("at once") {}
  SUBCASE("after a rest") {
    x.bob->hang_up();
    x.n.advance(seconds{200});
    REQUIRE(node::active().users == 0);
  }
  SUBCASE("after a crash, once it was written down") {
    x.n.advance(seconds{2});
    x.n.restart();
  }
  auto again = x.n.connect("bob", "phone");
  x.n.run();
  CHECK(seqs_of(again->events()) == from_to(5, 10));
  auto fresh = x.n.connect("bob", "tablet");
  x.n.run();
  const auto heard = fresh->heard();
  REQUIRE(heard.size() == 2);
  CHECK(text_of(heard[0], "t") == "hello");
  CHECK(text_of(heard[1], "t") == "caught_up");
}

TEST_CASE("a since beyond everything given out is ahead, and goes on live") {
  pair_of_users x;
  post_some(*x.alice, x.n, direct, 3);
  auto tablet = x.n.connect("bob", "tablet", 77'777);
  x.n.run();
  auto heard = tablet->heard();
  CHECK_FALSE(
      find(heard, {{"t", "reset"}, {"reason", "ahead"}, {"useq", 3}}).empty());
  CHECK_FALSE(find(heard, {{"t", "caught_up"}, {"useq", 3}}).empty());
  post_some(*x.alice, x.n, direct, 1);
  CHECK(seqs_of(tablet->events()) == seqs{4});
}

TEST_CASE("a resume that takes its time misses nothing of a conversation that "
          "begins meanwhile (I5)") {
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    CAPTURE(seed);
    node n{calm_settings(), seed};
    n.register_users({"alice", "bob", "cyd"});
    auto alice = n.connect("alice", "phone");
    auto cyd = n.connect("cyd", "phone");
    post_some(*alice, n, direct, 5);
    n.advance(seconds{200});
    REQUIRE(node::active().users == 0);
    auto bob = n.open("bob", "phone");
    bob->say({{"t", "auth"},
              {"id", 1},
              {"token", "token-bob"},
              {"device", "phone"},
              {"since", 0}});
    for (auto steps = seed % 7; steps > 0; --steps)
      n.step_by_chance();
    cyd->start(send_frame("dm:bob:cyd", "new", "x"));
    for (int i = 0; i < 4; ++i) {
      alice->start(send_frame(direct, "late-" + std::to_string(i), "x"));
      for (int j = 0; j < 4; ++j)
        n.step_by_chance();
    }
    while (n.step_by_chance()) {}
    const auto events = bob->events();
    CHECK(numbers_of(events, "useq") == from_to(1, 10));
    CHECK_FALSE(find(events, {{"conv", "dm:bob:cyd"}}).empty());
  }
}

TEST_CASE("a device that was away for very long has lost its place and is told "
          "so, unless it says where it was") {
  pair_of_users x;
  x.alice->post(direct, "one");
  x.bob->acknowledge();
  x.bob->hang_up();
  x.n.advance(seconds{5});
  x.alice->post(direct, "two");
  x.n.clock().advance(std::chrono::days{89});
  auto soon = x.n.connect("bob", "phone");
  auto heard = soon->heard();
  CHECK(find(heard, {{"t", "reset"}}).empty());
  CHECK(find(heard, {{"t", "msg"}, {"seq", 2}}).size() > 0);
  soon->acknowledge();
  x.n.advance(seconds{5});
  soon->hang_up();
  x.n.advance(seconds{5});
  x.alice->post(direct, "three");
  x.n.clock().advance(std::chrono::days{91});
  auto since = x.n.connect("bob", "phone", 1);
  CHECK(find(since->heard(), {{"t", "reset"}}).empty());
  since->hang_up();
  x.n.advance(seconds{5});
  x.n.clock().advance(std::chrono::days{91});
  auto late = x.n.connect("bob", "phone");
  heard = late->heard();
  CHECK(includes(find(heard, {{"t", "reset"}}), {{"reason", "too_far"}}));
  CHECK(find(heard, {{"t", "msg"}}).empty());
}
