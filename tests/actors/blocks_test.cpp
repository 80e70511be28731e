#include "actors/pair_of_users.hpp"
#include "actors/stored.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace parley;
using namespace parley::test;

namespace {

std::string post_code(client& by, const std::string& conv) {
  static int made = 0;
  return error_code(
      by.request(send_frame(conv, "code-" + std::to_string(++made), "x")));
}

bool blocks(node& n, const std::string& by, const std::string& whom) {
  auto reader = n.done(n.blocks(by));
  for (const auto& x : field(reader, "users").as_array())
    if (x.as_string() == whom)
      return true;
  return false;
}

} // namespace

TEST_CASE("a block closes the direct conversation to both, and opens it again "
          "when it is lifted") {
  node n;
  n.register_users({"alice", "bob"});
  auto alice = n.connect("alice", "phone");
  auto bob = n.connect("bob", "phone");
  CHECK(post_code(*alice, direct) == "(ack)");
  n.done(n.block("bob", "alice", true));
  CHECK(blocks(n, "bob", "alice"));
  CHECK(post_code(*alice, direct) == "forbidden");
  CHECK(post_code(*bob, direct) == "forbidden");
  n.done(n.block("bob", "alice", false));
  CHECK_FALSE(blocks(n, "bob", "alice"));
  CHECK(post_code(*alice, direct) == "(ack)");
  CHECK(post_code(*bob, direct) == "(ack)");
}

TEST_CASE("a block holds in the direct conversation before it is answered, "
          "wherever things stand") {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    node n{calm_settings(), seed};
    n.register_users({"alice", "bob"});
    auto alice = n.connect("alice", "phone");
    alice->post(direct, "before");
    alice->heard();
    auto answer = n.block("bob", "alice", true);
    for (int i = 0; i < 20; ++i)
      alice->start(send_frame(direct, "race-" + std::to_string(i), "x"));
    while (!*answer && n.step_by_chance()) {}
    REQUIRE(answer->has_value());
    REQUIRE(answer->value().has_value());
    // From here on nothing that alice sends is taken.
    const auto id = alice->start(send_frame(direct, "after", "x"));
    n.run();
    CHECK(error_code(find(alice->heard(), {{"id", id}})) == "forbidden");
  }
}

TEST_CASE("a block before the first message keeps it from being sent") {
  node n;
  n.register_users({"alice", "bob"});
  n.done(n.block("bob", "alice", true));
  auto alice = n.connect("alice", "phone");
  CHECK(post_code(*alice, direct) == "forbidden");
  n.restart();
  alice = n.connect("alice", "phone");
  CHECK(post_code(*alice, direct) == "forbidden");
}

TEST_CASE("an answered block holds after a crash, and one that was durable is "
          "resumed, wherever the node stopped") {
  auto resumed = 0;
  for (int steps = 0; steps < 40; ++steps) {
    CAPTURE(steps);
    node n;
    n.register_users({"alice", "bob"});
    auto alice = n.connect("alice", "phone");
    alice->post(direct, "before");
    auto answer = n.block("bob", "alice", true);
    for (int i = 0; i < steps; ++i)
      n.step();
    const auto answered = answer->has_value();
    n.restart();
    if (answered) {
      // Nobody has to wake bob for that.
      alice = n.connect("alice", "phone");
      CHECK(post_code(*alice, direct) == "forbidden");
    }
    auto bob = n.connect("bob", "phone");
    n.run();
    alice = n.connect("alice", "phone");
    const auto stored = blocks(n, "bob", "alice");
    CHECK(post_code(*alice, direct) == (stored ? "forbidden" : "(ack)"));
    resumed += stored && !answered;
  }
  CHECK(resumed > 0);
}

TEST_CASE("of many changes of mind the last one holds") {
  node n;
  n.register_users({"alice", "bob"});
  auto alice = n.connect("alice", "phone");
  std::vector<answer_slot> answers;
  for (int i = 0; i < 9; ++i)
    answers.push_back(n.block("bob", "alice", i % 2 == 0));
  n.run();
  for (const auto& x : answers)
    CHECK(x->has_value());
  CHECK(post_code(*alice, direct) == "forbidden");
  n.done(n.block("bob", "alice", false));
  CHECK(post_code(*alice, direct) == "(ack)");
}

TEST_CASE("both may block each other, and each lifts only their own") {
  node n;
  n.register_users({"alice", "bob"});
  auto alice = n.connect("alice", "phone");
  n.done(n.block("alice", "bob", true));
  n.done(n.block("bob", "alice", true));
  n.done(n.block("alice", "bob", false));
  CHECK(post_code(*alice, direct) == "forbidden");
  n.done(n.block("bob", "alice", false));
  CHECK(post_code(*alice, direct) == "(ack)");
}

TEST_CASE("a block leaves groups as they are, but for who may be added") {
  node n;
  n.register_users({"alice", "bob", "cyd"});
  n.done(n.create_group("alice", group, {"bob"}));
  n.done(n.block("bob", "alice", true));
  auto alice = n.connect("alice", "phone");
  auto bob = n.connect("bob", "phone");
  CHECK(post_code(*alice, group) == "(ack)");
  CHECK(bob->events().size() == 1);
  n.done(n.remove_member("bob", group, "bob"));
  CHECK(n.refusal(n.add_members("alice", group, {"cyd", "bob"}))
        == errc::forbidden);
  CHECK(n.refusal(n.create_group("alice", group_id(2), {"bob"}))
        == errc::forbidden);
  // Nothing of that was done.
  CHECK(stored_last(n, group) == 3);
  CHECK(stored_last(n, group_id(2)) == 0);
}

TEST_CASE("nobody blocks themselves or somebody who does not exist") {
  node n;
  n.register_users({"alice"});
  CHECK(n.refusal(n.block("alice", "alice", true)) == errc::bad_request);
  CHECK(n.refusal(n.block("alice", "nobody", true)) == errc::not_found);
}
