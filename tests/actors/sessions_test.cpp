#include "actors/fake_connection.hpp"
#include "actors/pair_of_users.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace parley;
using namespace parley::test;
using std::chrono::seconds;

namespace {

json::object auth_frame(const std::string& token, const std::string& device) {
  return {{"t", "auth"}, {"id", 1}, {"token", token}, {"device", device}};
}

client_ptr connect_with(node& n, const std::string& token,
                        const std::string& device) {
  auto result = n.open("", device);
  result->say(auth_frame(token, device));
  n.run();
  return result;
}

} // namespace

TEST_CASE("a session says hello, then ready, then caught_up") {
  node n;
  n.register_users({"alice"});
  auto alice = n.open("alice", "phone");
  n.run();
  auto heard = alice->heard();
  REQUIRE(heard.size() == 1);
  CHECK(includes(heard[0], {{"t", "hello"}, {"v", 1}}));
  CHECK_FALSE(alice->connection().is_authenticated);
  alice->say(auth_frame("token-alice", "phone"));
  n.run();
  heard = alice->heard();
  REQUIRE(heard.size() == 2);
  CHECK(includes(heard[0],
                 {{"t", "ready"}, {"id", 1}, {"user", "alice"}, {"useq", 0}}));
  CHECK(includes(heard[1], {{"t", "caught_up"}, {"useq", 0}}));
  CHECK(alice->connection().is_authenticated);
  CHECK(alice->connection().token_expires > n.clock().now());
  CHECK(alice->connection().frames_handled == 1);
}

TEST_CASE("requests in the frame behind auth are dealt with once it is ready") {
  node n;
  n.register_users({"alice", "bob"});
  auto alice = n.open("alice", "phone");
  auto post = send_frame(direct, "c1", "early");
  post["id"] = 2;
  alice->say_all({auth_frame("token-alice", "phone"), post});
  n.run();
  const auto heard = alice->heard();
  CHECK_FALSE(find(heard, {{"t", "ready"}, {"id", 1}}).empty());
  CHECK_FALSE(find(heard, {{"t", "ack"}, {"id", 2}, {"seq", 1}}).empty());
}

TEST_CASE("a newer session of a device replaces the older one, wherever that "
          "stands (4510)") {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    node n{calm_settings(), seed};
    n.register_users({"alice", "bob"});
    auto bob = n.connect("bob", "phone");
    auto first = n.open("alice", "phone");
    first->say(auth_frame("token-alice", "phone"));
    for (uint64_t i = 0; i < seed; ++i)
      n.step_by_chance();
    auto laptop = n.connect("alice", "laptop");
    auto second = n.open("alice", "phone");
    second->say(auth_frame("token-alice", "phone"));
    while (n.step_by_chance()) {}
    CHECK(first->close_code() == 4510);
    CHECK(second->is_open());
    CHECK(laptop->is_open());
    CHECK(n.sessions().size() == 3);
    bob->post(direct, "hello");
    CHECK(second->events().size() == 1);
    CHECK(laptop->events().size() == 1);
  }
}

TEST_CASE("a session that ends is forgotten") {
  node n;
  n.register_users({"alice"});
  auto alice = n.connect("alice", "phone");
  CHECK(n.sessions().size() == 1);
  alice->hang_up();
  n.run();
  CHECK(n.sessions().empty());
}

TEST_CASE("whoever is not authenticated hears why and is closed") {
  node n;
  n.register_users({"alice", "bob"});
  SUBCASE("with a forged token (4501)") {
    auto x = connect_with(n, "forged", "phone");
    CHECK(error_code(x->heard().back()) == "unauthenticated");
    CHECK(x->close_code() == 4501);
  }
  SUBCASE("for a user who does not exist (4501)") {
    auto x = connect_with(n, "token-nobody", "phone");
    CHECK(x->close_code() == 4501);
  }
  SUBCASE("for an account that is disabled (4502)") {
    n.done(n.disable("alice", true));
    auto x = connect_with(n, "token-alice", "phone");
    CHECK(x->close_code() == 4502);
    n.done(n.disable("alice", false));
    CHECK(connect_with(n, "token-alice", "phone")->is_open());
  }
  SUBCASE("with a request before auth (4500)") {
    auto x = n.open("alice", "phone");
    x->say({{"t", "ping"}, {"id", 5}});
    n.run();
    CHECK(error_code(x->heard().back()) == "unauthenticated");
    CHECK(x->close_code() == 4500);
  }
  SUBCASE("with another user's token in a second auth (4500)") {
    auto x = connect_with(n, "token-alice", "phone");
    x->say(auth_frame("token-bob", "phone"));
    n.run();
    CHECK(x->close_code() == 4500);
  }
  for (const auto& session : n.sessions())
    CHECK(session.user == "alice");
}

TEST_CASE("a second auth with a fresh token of the same user is ready again") {
  node n;
  n.register_users({"alice"});
  auto alice = n.connect("alice", "phone");
  alice->heard();
  const auto again = alice->request(
      {{"t", "auth"}, {"token", "token-alice"}, {"device", "phone"}});
  CHECK(includes(again, {{"t", "ready"}, {"user", "alice"}}));
  CHECK(alice->is_open());
}

TEST_CASE("an external login makes the account at first sight") {
  node n;
  auto zoe = connect_with(n, "external-zoe", "phone");
  CHECK_FALSE(find(zoe->heard(), {{"t", "ready"}, {"user", "zoe"}}).empty());
  n.restart();
  CHECK(n.connect("zoe", "phone")->is_open());
}

TEST_CASE("the end of a login ends its sessions, and of all others when the "
          "password changes (4502)") {
  node n;
  n.register_users({"alice", "bob"});
  auto web = connect_with(n, "token-alice/web", "laptop");
  auto app = connect_with(n, "token-alice/app", "phone");
  auto bob = connect_with(n, "token-bob/web", "laptop");
  SUBCASE("one login") {
    n.done(n.end_sessions("alice", "web", ""));
    CHECK(web->close_code() == 4502);
    CHECK(app->is_open());
  }
  SUBCASE("all but one") {
    n.done(n.change_password("alice", "web"));
    CHECK(web->is_open());
    CHECK(app->close_code() == 4502);
  }
  SUBCASE("all") {
    n.done(n.disable("alice", true));
    CHECK(web->close_code() == 4502);
    CHECK(app->close_code() == 4502);
  }
  CHECK(bob->is_open());
}

TEST_CASE("a device that is removed is closed and begins anew (4502)") {
  node n;
  n.register_users({"alice", "bob"});
  auto bob = n.connect("bob", "phone");
  auto phone = n.connect("alice", "phone");
  auto laptop = n.connect("alice", "laptop");
  bob->post(direct, "one");
  phone->heard();
  CHECK(n.refusal(n.remove_device("alice", "fax")) == errc::not_found);
  n.done(n.remove_device("alice", "phone"));
  CHECK(phone->close_code() == 4502);
  CHECK(laptop->is_open());
  const auto left = objects_of(n.done(n.devices("alice")), "devices");
  REQUIRE(left.size() == 1);
  CHECK(includes(left[0], {{"device", "laptop"}, {"online", true}}));
  phone = n.connect("alice", "phone");
  n.run();
  CHECK(phone->events().empty());
}

TEST_CASE(
    "a device has the name that its user gave it, until it is taken away") {
  node n;
  n.register_users({"alice"});
  n.connect("alice", "phone");
  auto shown = [&] {
    return objects_of(n.done(n.devices("alice")), "devices").at(0);
  };
  CHECK_FALSE(shown().contains("name"));
  CHECK(n.refusal(n.name_device("alice", "fax", "x")) == errc::not_found);
  n.done(n.name_device("alice", "phone", "The red one"));
  CHECK(text_of(shown(), "name") == "The red one");
  n.restart();
  CHECK(text_of(shown(), "name") == "The red one");
  n.connect("alice", "phone");
  CHECK(text_of(shown(), "name") == "The red one");
  n.done(n.name_device("alice", "phone", ""));
  CHECK_FALSE(shown().contains("name"));
}

TEST_CASE("of more than 32 devices the least recently seen is forgotten") {
  node n;
  n.register_users({"alice"});
  for (int i = 0; i < 33; ++i) {
    n.connect("alice", "d" + std::to_string(i))->hang_up();
    n.advance(seconds{1});
    if (i == 20)
      n.connect("alice", "d0")->hang_up();
  }
  const auto devices = objects_of(n.done(n.devices("alice")), "devices");
  CHECK(devices.size() == 32);
  CHECK_FALSE(find(devices, {{"device", "d0"}}).empty());
  CHECK(find(devices, {{"device", "d1"}}).empty());
}

TEST_CASE("over its rate a session is refused, and closed when it keeps on "
          "(4009)") {
  auto with = calm_settings();
  with.limits.sends_per_s = 10;
  with.limits.sends_burst = 5;
  node n{with};
  n.register_users({"alice", "bob"});
  auto alice = n.connect("alice", "phone");
  alice->heard();
  for (int i = 0; i < 5; ++i)
    CHECK(alice->post(direct, "x") == i + 1);
  const auto refused = alice->request(send_frame(direct, "c", "x"));
  CHECK(includes(refused, {{"t", "error"},
                           {"code", "rate_limited"},
                           {"retryable", true},
                           {"retry_after_ms", 100}}));
  n.clock().advance(std::chrono::milliseconds{100});
  CHECK(alice->post(direct, "x") == 6);
  for (int i = 0; i < 1001; ++i)
    alice->start(send_frame(direct, "c", "x"));
  n.run();
  CHECK(alice->close_code() == 4009);
}

TEST_CASE("a bad request is answered and the session goes on") {
  node n;
  n.register_users({"alice", "bob"});
  auto alice = n.connect("alice", "phone");
  alice->heard();
  CHECK(error_code(alice->request({{"t", "dance"}})) == "unknown_type");
  CHECK(error_code(alice->request({{"t", "send"}})) == "bad_request");
  CHECK(error_code(alice->request({{"t", "history"}, {"conv", "dm:bob:cyd"}}))
        == "not_found");
  CHECK(error_code(
            alice->request({{"t", "conversations"}, {"cursor", "nonsense"}}))
        == "bad_request");
  CHECK(alice->post(direct, "fine") == 1);
  CHECK(alice->connection().frames_handled >= 6);
}

TEST_CASE("a session that has too much under way is read no further until it "
          "is done (I8)") {
  node n;
  n.register_users({"alice", "bob"});
  auto alice = n.connect("alice", "phone");
  const auto before = alice->connection().frames_handled;
  constexpr int frames = 5;
  constexpr int per_frame = 200;
  for (int i = 0; i < frames; ++i) {
    std::vector<json::object> frame;
    for (int j = 0; j < per_frame; ++j) {
      const auto number = i * per_frame + j;
      frame.push_back(send_frame(direct, std::to_string(number), "x"));
      frame.back()["id"] = 100 + number;
    }
    alice->say_all(frame);
  }
  size_t acked = 0;
  auto held_back = false;
  do {
    for (const auto& x : alice->heard())
      acked += text_of(x, "t") == "ack";
    const auto handled = alice->connection().frames_handled - before;
    held_back = held_back || (handled < frames && acked == 0 && handled == 2);
    if (handled == frames)
      CHECK(acked + 512 >= frames * per_frame);
  } while (n.step());
  CHECK(held_back);
  CHECK(acked == frames * per_frame);
  CHECK(alice->connection().frames_handled - before == frames);
}
