#include "actors/fake_connection.hpp"
#include "actors/pair_of_users.hpp"
#include "actors/stored.hpp"
#include "support/json.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace parley;
using namespace parley::test;
using std::chrono::seconds;

namespace {

/// Runs in an order of chance until nobody has anything to do.
void run_by_chance(node& n) {
  while (n.step_by_chance()) {}
}

} // namespace

TEST_CASE("neither ack nor event comes before the commit (I1)") {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    node n{calm_settings(), seed};
    n.register_users({"alice", "bob"});
    auto alice = n.connect("alice", "phone");
    auto bob = n.connect("bob", "phone");
    alice->heard();
    bob->heard();
    alice->start(send_frame(direct, "c1", "hello"));
    auto acked = false;
    auto delivered = false;
    do {
      const auto told = alice->heard();
      const auto events = bob->events();
      if (stored_last(n, direct) == 0) {
        REQUIRE(told.empty());
        REQUIRE(events.empty());
      }
      acked = acked || !told.empty();
      delivered = delivered || !events.empty();
    } while (n.step_by_chance());
    CHECK(acked);
    CHECK(delivered);
  }
}

TEST_CASE("an ack says what the message became") {
  node n;
  n.register_users({"alice", "bob"});
  auto alice = n.connect("alice", "phone");
  const auto ack = alice->request(send_frame(direct, "c1", "hello"));
  CHECK(includes(ack, {{"t", "ack"},
                       {"cid", "c1"},
                       {"conv", direct},
                       {"seq", 1},
                       {"ts", n.clock().now()}}));
  CHECK_FALSE(ack.contains("dup"));
}

TEST_CASE("a message goes to the other's devices and to one's own others, not "
          "to the session that sent it") {
  node n;
  n.register_users({"alice", "bob"});
  auto phone = n.connect("alice", "phone");
  auto laptop = n.connect("alice", "laptop");
  auto bobs_phone = n.connect("bob", "phone");
  auto bobs_laptop = n.connect("bob", "laptop");
  const auto seq = phone->post(direct, "hello");
  CHECK(phone->events().empty());
  for (auto& device : {laptop, bobs_phone, bobs_laptop}) {
    const auto events = device->events();
    REQUIRE(events.size() == 1);
    CHECK(includes(events[0], {{"t", "msg"},
                               {"conv", direct},
                               {"seq", seq},
                               {"from", "alice"},
                               {"body", "hello"}}));
  }
}

TEST_CASE("notes to oneself reach one's other devices once") {
  node n;
  n.register_users({"alice"});
  auto phone = n.connect("alice", "phone");
  auto laptop = n.connect("alice", "laptop");
  CHECK(phone->post("dm:alice:alice", "milk") == 1);
  CHECK(laptop->events().size() == 1);
  CHECK(phone->events().empty());
}

TEST_CASE("no later event comes to a session before the ack of its own "
          "message") {
  const std::string other = "dm:alice:cyd";
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    node n{calm_settings(), seed};
    n.register_users({"alice", "bob", "cyd"});
    auto phone = n.connect("alice", "phone");
    auto laptop = n.connect("alice", "laptop");
    auto bob = n.connect("bob", "phone");
    auto cyd = n.connect("cyd", "phone");
    phone->heard();
    laptop->heard();
    for (int i = 0; i < 5; ++i) {
      phone->start(send_frame(direct, "p" + std::to_string(i), "from phone"));
      bob->start(send_frame(direct, "b" + std::to_string(i), "from bob"));
      cyd->start(send_frame(other, "c" + std::to_string(i), "from cyd"));
    }
    run_by_chance(n);

    std::map<std::pair<std::string, int64_t>, int64_t> useq_of;
    for (const auto& x : laptop->events())
      useq_of[{text_of(x, "conv"), number_of(x, "seq")}] = number_of(x, "useq");
    REQUIRE(useq_of.size() == 15);
    int64_t newest = 0;
    size_t acks = 0;
    for (const auto& x : phone->heard()) {
      if (text_of(x, "t") == "msg")
        newest = number_of(x, "useq");
      if (text_of(x, "t") == "ack") {
        ++acks;
        CHECK(newest < useq_of.at({text_of(x, "conv"), number_of(x, "seq")}));
      }
    }
    CHECK(acks == 5);
  }
}

TEST_CASE("a session's acts keep their order, also behind those that have to "
          "read first") {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    node n{calm_settings(), seed};
    n.register_users({"alice", "bob"});
    auto alice = n.connect("alice", "phone");
    const auto first = alice->post(direct, "first");
    alice->heard();
    std::vector<json::object> acts;
    for (int i = 0; i < 12; ++i) {
      json::object act = send_frame(direct, "c" + std::to_string(i), "text");
      if (i % 4 == 1)
        act = {{"t", "edit"}, {"conv", direct}, {"seq", first}, {"body", "e"}};
      if (i % 4 == 3)
        act = {{"t", "react"},
               {"conv", direct},
               {"seq", first},
               {"emoji", std::to_string(i)},
               {"on", true}};
      act["id"] = 100 + i;
      acts.push_back(std::move(act));
    }
    alice->say_all(acts);
    run_by_chance(n);
    int64_t expected = 0;
    for (const auto& x : alice->heard()) {
      REQUIRE(text_of(x, "t") == "ack");
      CHECK(number_of(x, "id") == 100 + expected);
      CHECK(number_of(x, "seq") == first + 1 + expected);
      ++expected;
    }
    CHECK(expected == 12);
  }
}

TEST_CASE("what many send at once is numbered without a gap and is the same "
          "for everyone (I2)") {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    node n{calm_settings(), seed};
    n.register_users({"alice", "bob"});
    auto alice = n.connect("alice", "phone");
    auto bob = n.connect("bob", "phone");
    for (int i = 0; i < 20; ++i) {
      alice->start(send_frame(direct, std::to_string(i), "a"));
      bob->start(send_frame(direct, std::to_string(i), "b"));
    }
    run_by_chance(n);
    const auto stored = stored_entries(n, direct);
    REQUIRE(stored.size() == 40);
    for (size_t i = 0; i < stored.size(); ++i)
      CHECK(stored[i].seq == i + 1);
    for (auto& who : {alice, bob}) {
      int64_t newest = 0;
      for (const auto& x : who->heard()) {
        const auto type = text_of(x, "t");
        if (type != "msg")
          continue;
        const auto seq = number_of(x, "seq");
        CHECK(seq > newest);
        newest = seq;
        CHECK(text_of(x, "from") == stored[static_cast<size_t>(seq) - 1].from);
      }
    }
  }
}

TEST_CASE("nobody is written to who does not exist") {
  node n;
  n.register_users({"alice"});
  auto alice = n.connect("alice", "phone");
  CHECK(error_code(alice->request(send_frame("dm:alice:nobody", "c1", "hi")))
        == "not_found");
  CHECK(error_code(alice->request(send_frame("dm:bob:cyd", "c1", "hi")))
        == "not_found");
  CHECK(error_code(alice->request(send_frame(group_id(1), "c1", "hi")))
        == "not_found");
  CHECK(stored_last(n, "dm:alice:nobody") == 0);
}

TEST_CASE("after a failed write nothing is acknowledged any more (I9)") {
  node n;
  n.register_users({"alice", "bob"});
  auto alice = n.connect("alice", "phone");
  auto bob = n.connect("bob", "phone");
  alice->post(direct, "before");
  alice->heard();
  bob->heard();
  n.fail_writes();
  alice->start(send_frame(direct, "c1", "during"));
  n.run();
  alice->start(send_frame(direct, "c2", "after"));
  n.advance(seconds{90});
  CHECK(n.failed_writes() == 1);
  for (const auto& reply : alice->heard())
    CHECK(error_code(reply) == "unavailable");
  CHECK(bob->heard().empty());
  CHECK(stored_last(n, direct) == 1);
}
