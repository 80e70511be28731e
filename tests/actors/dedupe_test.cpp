#include "actors/pair_of_users.hpp"
#include "actors/stored.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace parley;
using namespace parley::test;
using std::chrono::seconds;

namespace {

/// More than a conversation remembers in memory.
constexpr int many = 2200;

void post_many(client& by, node& n, const std::string& conv, int count) {
  constexpr int per_frame = 200;
  for (int i = 0; i < count; i += per_frame) {
    std::vector<json::object> frame;
    for (int j = i; j < std::min(count, i + per_frame); ++j) {
      frame.push_back(send_frame(conv, "many-" + std::to_string(j), "x"));
      frame.back()["id"] = 10'000 + j;
    }
    by.say_all(frame);
    n.run();
    by.heard();
  }
}

/// Whether a frame acknowledges a repeat of the message at `seq`.
bool repeats(const json::object& reply, int64_t seq) {
  return includes(reply, {{"t", "ack"}, {"seq", seq}, {"dup", true}});
}

} // namespace

TEST_CASE("a repeat of what is not committed yet waits for that commit (I3)") {
  pair_of_users x;
  auto first = send_frame(direct, "c1", "once");
  auto again = first;
  first["id"] = 101;
  again["id"] = 102;
  x.alice->heard();
  x.alice->say_all({first, again});
  std::vector<json::object> acks;
  do {
    for (auto& ack : x.alice->heard()) {
      REQUIRE(stored_last(x.n, direct) == 1);
      acks.push_back(std::move(ack));
    }
  } while (x.n.step());
  REQUIRE(acks.size() == 2);
  CHECK(includes(acks[0], {{"t", "ack"}, {"id", 101}, {"seq", 1}}));
  CHECK_FALSE(acks[0].contains("dup"));
  CHECK(number_of(acks[1], "id") == 102);
  CHECK(repeats(acks[1], 1));
  CHECK(stored_last(x.n, direct) == 1);
  CHECK(x.bob->events().size() == 1);
}

TEST_CASE("a repeat of what is committed is told its seq and its time (I3)") {
  pair_of_users x;
  const auto frame = send_frame(direct, "c1", "once");
  const auto first = x.alice->request(frame);
  x.alice->post(direct, "another");
  x.n.advance(seconds{5});
  const auto again = x.alice->request(frame);
  CHECK(repeats(again, 1));
  CHECK(number_of(again, "ts") == number_of(first, "ts"));
  CHECK(stored_last(x.n, direct) == 2);
}

TEST_CASE("a repeat from another of the sender's devices is one, too (I3)") {
  pair_of_users x;
  const auto frame = send_frame(direct, "c1", "once");
  x.alice->request(frame);
  auto laptop = x.n.connect("alice", "laptop");
  CHECK(repeats(laptop->request(frame), 1));
}

TEST_CASE("a repeat is known long after memory forgot it (I3)") {
  pair_of_users x;
  const auto frame = send_frame(direct, "c1", "once");
  x.alice->request(frame);
  post_many(*x.alice, x.n, direct, many);
  CHECK(repeats(x.alice->request(frame), 1));
  CHECK(stored_last(x.n, direct) == many + 1);
}

TEST_CASE("a repeat is known after a crash, after a rest, and when only the "
          "disk remembers it (I3)") {
  pair_of_users x;
  const auto frame = send_frame(direct, "c1", "once");
  x.alice->request(frame);
  SUBCASE("after a crash") {
    x.n.restart();
  }
  SUBCASE("after a crash, from disk") {
    x.n.set_cold([](auto) { return true; });
    x.n.restart();
  }
  SUBCASE("after a rest") {
    x.n.advance(seconds{200});
    REQUIRE(node::active().conversations == 0);
  }
  auto laptop = x.n.connect("alice", "laptop");
  CHECK(repeats(laptop->request(frame), 1));
  CHECK(laptop->post(direct, "new") == 2);
}

TEST_CASE("a repeat is known although its first copy was looked up in vain, "
          "however much came between (I3)") {
  pair_of_users x;
  x.alice->post(direct, "so that not all is in memory after a crash");
  x.n.restart();
  auto alice = x.n.connect("alice", "phone");
  // The first look goes to the disk; the many that follow need not.
  auto looks = 0;
  x.n.set_cold([&looks](auto) { return looks++ == 0; });
  const auto frame = send_frame(direct, "c1", "once");
  CHECK(number_of(alice->request(frame), "seq") == 2);
  REQUIRE(looks > 0);
  post_many(*alice, x.n, direct, many);
  CHECK(repeats(alice->request(frame), 2));
  CHECK(stored_last(x.n, direct) == many + 2);
}

TEST_CASE("a cid that was used for something else is a conflict, and changes "
          "nothing (I3)") {
  pair_of_users x;
  x.alice->request(send_frame(direct, "c1", "once"));
  const std::vector<json::object> others{
      send_frame(direct, "c1", "another body"),
      with(send_frame(direct, "c1", "once"), {{"reply_to", 1}}),
      {{"t", "edit"},
       {"conv", direct},
       {"cid", "c1"},
       {"seq", 1},
       {"body", "once"}},
      {{"t", "delete"}, {"conv", direct}, {"cid", "c1"}, {"seq", 1}},
      {{"t", "react"},
       {"conv", direct},
       {"cid", "c1"},
       {"seq", 1},
       {"emoji", "+"},
       {"on", true}}};
  for (const auto& other : others) {
    CAPTURE(json::serialize(other));
    CHECK(error_code(x.alice->request(other)) == "cid_conflict");
  }
  CHECK(stored_last(x.n, direct) == 1);
}

TEST_CASE("edits, deletions and reactions under a cid are done once (I3)") {
  pair_of_users x;
  x.alice->post(direct, "text");
  const std::vector<json::object> acts{
      {{"t", "react"},
       {"conv", direct},
       {"cid", "r"},
       {"seq", 1},
       {"emoji", "+"},
       {"on", true}},
      {{"t", "edit"},
       {"conv", direct},
       {"cid", "e"},
       {"seq", 1},
       {"body", "better"}},
      {{"t", "delete"}, {"conv", direct}, {"cid", "d"}, {"seq", 1}}};
  int64_t seq = 1;
  for (const auto& act : acts) {
    CAPTURE(json::serialize(act));
    const auto ack = x.alice->request(act);
    CHECK(includes(ack, {{"t", "ack"}, {"seq", ++seq}}));
    CHECK(repeats(x.alice->request(act), seq));
  }
  // Also when what they are about has changed since.
  CHECK(repeats(x.alice->request(acts[0]), 2));
  CHECK(repeats(x.alice->request(acts[1]), 3));
  CHECK(stored_last(x.n, direct) == 4);
}

TEST_CASE("a cid belongs to one sender and one conversation") {
  pair_of_users x;
  x.n.register_users({"cyd"});
  CHECK(number_of(x.alice->request(send_frame(direct, "c1", "a")), "seq") == 1);
  CHECK(number_of(x.bob->request(send_frame(direct, "c1", "b")), "seq") == 2);
  const auto elsewhere =
      x.alice->request(send_frame("dm:alice:cyd", "c1", "c"));
  CHECK(includes(elsewhere, {{"t", "ack"}, {"seq", 1}}));
}

TEST_CASE("a repeat is answered although its sender has left or is blocked by "
          "now (I3)") {
  pair_of_users x;
  x.n.done(x.n.create_group("alice", group, {"bob"}));
  const auto in_group = send_frame(group, "c1", "once");
  const auto in_direct = send_frame(direct, "c1", "once");
  const auto first = number_of(x.bob->request(in_group), "seq");
  CHECK(number_of(x.bob->request(in_direct), "seq") == 1);
  x.n.done(x.n.remove_member("alice", group, "bob"));
  x.n.done(x.n.block("alice", "bob", true));
  CHECK(repeats(x.bob->request(in_group), first));
  CHECK(repeats(x.bob->request(in_direct), 1));
  CHECK(error_code(x.bob->request(send_frame(group, "c2", "new")))
        == "forbidden");
  CHECK(error_code(x.bob->request(send_frame(direct, "c2", "new")))
        == "forbidden");
}

TEST_CASE("an act without a cid that changes nothing is a repeat") {
  pair_of_users x;
  x.alice->post(direct, "text");
  json::object react{{"t", "react"},
                     {"conv", direct},
                     {"seq", 1},
                     {"emoji", "+"},
                     {"on", true}};
  const auto first = x.bob->request(react);
  CHECK(includes(first, {{"t", "ack"}, {"seq", 2}}));
  CHECK(repeats(x.bob->request(react), 2));
  react["on"] = false;
  CHECK(includes(x.bob->request(react), {{"t", "ack"}, {"seq", 3}}));
  json::object remove{{"t", "delete"}, {"conv", direct}, {"seq", 1}};
  CHECK(includes(x.alice->request(remove), {{"t", "ack"}, {"seq", 4}}));
  CHECK(repeats(x.alice->request(remove), 4));
  react["on"] = true;
  CHECK(error_code(x.bob->request(react)) == "not_found");
}
