#include "e2e/pair_of_users.hpp"
#include "support/doctest.hpp"

namespace parley::test {
namespace {

TEST_CASE("4000: SIGTERM sends reconnect, closes sessions and exits with 0") {
  server_process mine(overrides{{"http.public_url", "https://chat.example"}});
  const pair_of_users we(mine);
  auto phone = we.alice.open();
  auto idle = we.bob.open();
  phone.say(we.conv, "settled");
  mine.send_terminate();
  for (auto* device : {&phone, &idle}) {
    const auto event = device->wait_for({{"t", "reconnect"}});
    CHECK(number_of(event, "within_ms") >= 0);
    CHECK(field(event, "urls") == json::array{"https://chat.example"});
    CHECK(device->wait_close() == 4000);
  }
  CHECK(mine.wait_exit() == 0);
}

TEST_CASE("SIGTERM without any client exits with 0") {
  server_process mine;
  CHECK(mine.terminate() == 0);
}

TEST_CASE("a stopped node accepts nobody any more") {
  server_process mine;
  mine.terminate();
  CHECK_THROWS(get(mine, "/healthz"));
}

TEST_CASE("what was acknowledged before SIGTERM is there after the restart "
          "(I1)") {
  server_process mine;
  const pair_of_users we(mine);
  auto phone = we.alice.open();
  std::vector<int64_t> ids;
  for (int i = 0; i < 200; ++i)
    ids.push_back(phone.start({{"t", "send"},
                               {"cid", "c" + std::to_string(i)},
                               {"conv", we.conv},
                               {"body", std::to_string(i)}}));
  phone.reply_to(ids[20]);
  mine.send_terminate();
  CHECK(phone.wait_close() == 4000);
  CHECK(mine.wait_exit() == 0);
  const auto acknowledged = phone.seen({{"t", "ack"}});
  mine.restart();
  const auto history = whole_history(we.bob, we.conv);
  for (const auto& ack : acknowledged)
    CHECK_FALSE(
        find(history, {{"seq", field(ack, "seq")}, {"cid", field(ack, "cid")}})
            .empty());
}

TEST_CASE("a client that does not read does not hold up the shutdown (I8)") {
  server_process mine;
  const pair_of_users we(mine);
  session_options deaf{.device = "deaf", .acknowledges = false};
  deaf.transport.receive_buffer_bytes = 4096;
  auto stuck = we.bob.open(deaf);
  auto sender = we.alice.open();
  const auto body = repeated("x", 100'000);
  for (int i = 0; i < 30; ++i)
    sender.say(we.conv, body);
  CHECK(mine.terminate() == 0);
}

TEST_CASE("after SIGKILL the start says in the log how much it replayed") {
  server_process mine;
  const pair_of_users we(mine);
  we.alice.open().say(we.conv, "hello");
  mine.kill();
  mine.restart();
  CHECK(eventually(
      [&] { return mine.log().find("replay") != std::string::npos; }));
  CHECK(whole_history(we.bob, we.conv).size() == 1);
}

} // namespace
} // namespace parley::test
