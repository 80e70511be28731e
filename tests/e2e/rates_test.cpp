#include "e2e/pair_of_users.hpp"
#include "support/doctest.hpp"
#include "support/tcp_client.hpp"

namespace parley::test {
namespace {

server_process& strict_node() {
  static server_process process(
      overrides{{"limits.sends_per_s", 1}, {"limits.sends_burst", 5}});
  return process;
}

json::object message(const std::string& conv) {
  return {{"t", "send"}, {"cid", fresh_cid()}, {"conv", conv}, {"body", "x"}};
}

TEST_CASE("rate_limited: over the burst, with the time to wait, and the "
          "session goes on") {
  const pair_of_users we(strict_node());
  auto phone = we.alice.open();
  for (int i = 0; i < 5; ++i)
    phone.say(we.conv, "within the burst");
  json::object reply;
  for (int i = 0;
       i < 5 && error_code(reply = phone.request(message(we.conv))) == "(ack)";
       ++i) {}
  CHECK(error_code(reply) == "rate_limited");
  CHECK(field(reply, "retryable") == true);
  CHECK(number_of(reply, "retry_after_ms") > 0);
  CHECK(number_of(reply, "retry_after_ms") <= 1000);
  phone.settle();
  CHECK(text_of(phone.request({{"t", "conversations"}}), "t")
        == "conversations");
}

TEST_CASE("a send that was limited has not happened, and works later with the "
          "same cid") {
  const pair_of_users we(strict_node());
  auto phone = we.alice.open();
  auto request = message(we.conv);
  while (error_code(phone.request(request)) == "(ack)")
    request = message(we.conv);
  const auto before = whole_history(we.bob, we.conv).size();
  json::object reply;
  CHECK(eventually([&] {
    phone.poll(milliseconds(200));
    reply = phone.request(request);
    return error_code(reply) == "(ack)";
  }));
  CHECK(number_of(reply, "seq") == static_cast<int64_t>(before) + 1);
  CHECK_FALSE(reply.contains("dup"));
}

TEST_CASE("4009: a session that keeps on over its rate") {
  const pair_of_users we(strict_node());
  auto phone = we.alice.open();
  const auto keep_on = [&] {
    try {
      phone.start(message(we.conv));
      phone.poll(milliseconds(1));
    } catch (const boost::system::system_error&) {
      // Closed while it was writing.
      return true;
    }
    return !phone.open();
  };
  CHECK(eventually(keep_on));
  CHECK(phone.wait_close() == 4009);
  CHECK_FALSE(phone.seen({{"code", "rate_limited"}}).empty());
}

TEST_CASE("429 rate_limited over HTTP, with the time to wait") {
  const pair_of_users we(strict_node());
  const auto target = conversation_path(we.conv, "/messages");
  http_response answer;
  int sent = 0;
  do
    answer = we.alice.post(target,
                           json::object{{"cid", fresh_cid()}, {"body", "x"}});
  while (answer.status == 201 && ++sent < 50);
  CHECK(problem(answer) == "429 rate_limited");
  CHECK(number_of(answer.object(), "retry_after_ms") > 0);
}

TEST_CASE("503 unavailable: more password checks than the pool may queue") {
  server_process busy(overrides{{"auth.argon2_memory_kib", 65'536},
                                {"auth.argon2_iterations", 3},
                                {"auth.argon2_threads", 1},
                                {"auth.argon2_queue", 1}});
  http_request request{.method = "POST", .target = "/v1/login"};
  request.body = json::serialize(
      json::object{{"user", "alice"}, {"password", "the password"}});
  int refused = 0;
  int checked = 0;
  for (const auto& answer : fetch_together(busy.where(), request, 16)) {
    const auto said = problem(answer);
    refused += said == "503 unavailable";
    checked += said == "401 unauthenticated";
  }
  CHECK(checked >= 1);
  CHECK(refused >= 1);
  CHECK(checked + refused == 16);
}

TEST_CASE("an address may open so many connections and no more") {
  server_process narrow(overrides{{"limits.connections_per_address", 3}});
  const auto alice = register_account(narrow, "alice");
  std::vector<session> open;
  for (int i = 0; i < 3; ++i) {
    REQUIRE(eventually([&] {
      try {
        open.push_back(alice.on("device-" + std::to_string(i)));
        return true;
      } catch (const std::exception&) {
        return false;
      }
    }));
  }
  CHECK_THROWS(alice.on("one-too-many"));
  for (auto& each : open)
    each.settle();
  open.pop_back();
  CHECK(eventually([&] {
    try {
      return get(narrow, "/healthz").status == 200;
    } catch (const std::exception&) {
      return false;
    }
  }));
}

} // namespace
} // namespace parley::test
