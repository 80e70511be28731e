#include "gateway/staged_front.hpp"
#include "support/json.hpp"
#include "support/tcp_client.hpp"
#include "support/ws_client.hpp"

#include "parley/base/limits.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

using namespace parley;
using namespace std::chrono_literals;
using protocol::close_code;
using test::stage;
using test::staged_front;
using test::ws_client;

namespace {

std::vector<protocol::outgoing> objects(const std::vector<std::string>& texts) {
  std::vector<protocol::outgoing> all;
  for (const auto& text : texts)
    all.push_back({text, {}});
  return all;
}

std::string numbered(int number, size_t padding = 0) {
  return R"({"n":)" + std::to_string(number) + R"(,"pad":")"
         + std::string(padding, 'x') + R"("})";
}

/// A client that takes little before TCP holds the node back.
ws_client sparing_client(const test::endpoint& where) {
  return ws_client{where, {.receive_buffer_bytes = 4096}};
}

} // namespace

TEST_CASE("what is pushed together leaves as one frame") {
  staged_front node;
  auto client = test::upgraded(node.where());
  stage::instance().connection()->push(
      objects({R"({"a":1})", R"({"b":2})", R"({"c":3})"}));
  auto frame = client.read_frame();
  CHECK(frame.kind == test::opcode::text);
  CHECK(frame.payload == R"([{"a":1},{"b":2},{"c":3}])");
  stage::instance().connection()->push(objects({R"({"d":4})"}));
  CHECK(client.read_frame().payload == R"({"d":4})");
}

TEST_CASE("what is pushed keeps its order, small and large mixed") {
  staged_front node;
  ws_client client{node.where()};
  auto outbox = stage::instance().connection();
  constexpr int count = 500;
  std::thread session{[&] {
    for (int i = 0; i < count; ++i)
      outbox->push(objects({numbered(i, i % 50 == 0 ? 20'000 : 3)}));
  }};
  for (int i = 0; i < count; ++i)
    CHECK(test::number_of(client.next(), "n") == i);
  session.join();
  CHECK(test::eventually([&] { return outbox->waiting_bytes() == 0; }));
}

TEST_CASE("closing flushes what was pushed before, and nothing after") {
  staged_front node;
  ws_client client{node.where()};
  auto outbox = stage::instance().connection();
  for (int i = 0; i < 100; ++i)
    outbox->push(objects({numbered(i, 10'000)}));
  outbox->close(close_code::ended);
  outbox->push(objects({numbered(-1)}));
  outbox->close(close_code::replaced);
  CHECK(client.wait_close() == 4502);
  CHECK(client.transcript().size() == 100);
  stage::instance().wait_for_ends(1);
}

TEST_CASE("I8: who does not read is dropped at the outbox's bound") {
  staged_front node;
  auto deaf = sparing_client(node.where());
  auto outbox = stage::instance().connection(0);
  ws_client other{node.where()};
  // More than the bound and what the kernel takes beside it.
  size_t most = 0;
  for (int i = 0; i < 1000; ++i) {
    outbox->push(objects({numbered(i, 64 * 1024)}));
    most = std::max(most, outbox->waiting_bytes());
  }
  stage::instance().wait_for_ends(1);
  CHECK(most <= limits::outbox_bytes_max + 65 * 1024);
  outbox->push(objects({numbered(-1)}));
  stage::instance().connection(1)->push(objects({numbered(7)}));
  CHECK(test::number_of(other.next(), "n") == 7);
  CHECK(stage::instance().ends() == 1);
}

TEST_CASE("I8: no more than 4 frames are read ahead of the session") {
  staged_front node;
  auto client = test::upgraded(node.where());
  auto outbox = stage::instance().connection();
  auto frame =
      test::frame(test::opcode::text,
                  R"({"t":"ping","x":")" + std::string(30'000, 'x') + R"("})");
  // The node stops reading, so TCP takes no more either.
  constexpr size_t plenty = 64 * 1024 * 1024;
  CHECK(client.flood(frame, plenty, 300ms) < plenty);
  stage::instance().wait_for_requests(4);
  CHECK(stage::instance().requests() == limits::unanswered_max);
  outbox->handled();
  stage::instance().wait_for_requests(5);
  CHECK(stage::instance().requests() == 5);
  outbox->handled();
  outbox->handled();
  stage::instance().wait_for_requests(7);
}

TEST_CASE("frames that are handled in time are read without end") {
  staged_front node;
  ws_client client{node.where()};
  auto outbox = stage::instance().connection();
  for (size_t i = 1; i <= 50; ++i) {
    client.send({{"t", "ping"}});
    stage::instance().wait_for_requests(i);
    outbox->handled();
  }
}

TEST_CASE("the frame limit grows with authentication") {
  staged_front node;
  std::string large(100'000, ' ');
  large += R"({"t":"ping"})";
  ws_client before{node.where()};
  before.send_text(large);
  CHECK(before.wait_close() == 1009);
  ws_client after{node.where()};
  stage::instance().connection(1)->authenticated();
  // An answer shows that the connection has taken what came before.
  stage::instance().connection(1)->push(objects({numbered(1)}));
  after.next();
  after.send_text(large);
  stage::instance().wait_for_requests(1);
}

TEST_CASE("a session ends when its token has expired and the grace is over") {
  config::settings settings;
  settings.auth.expiry_grace = 100ms;
  settings.auth.access_ttl = 1s;
  staged_front node{settings};
  ws_client client{node.where()};
  auto outbox = stage::instance().connection();
  outbox->authenticated();
  outbox->expires(system_wall_clock{}.now() - 1000);
  CHECK(client.wait_close() == 4501);
  stage::instance().wait_for_ends(1);
}

TEST_CASE("a session that does not begin in time ends by whose fault it is") {
  config::settings settings;
  settings.http.auth_timeout = 500ms;
  staged_front node{settings};
  ws_client silent{node.where()};
  CHECK(silent.wait_close() == 4501);
  ws_client waiting{node.where()};
  stage::instance().connection(1)->expires(system_wall_clock{}.now()
                                           + 3'600'000);
  CHECK(waiting.wait_close() == 4000);
}

TEST_CASE("a fresh token moves the end of a session") {
  config::settings settings;
  settings.auth.expiry_grace = 100ms;
  settings.http.ping_interval = 300ms;
  staged_front node{settings};
  auto client = test::upgraded(node.where());
  auto outbox = stage::instance().connection();
  outbox->authenticated();
  outbox->expires(system_wall_clock{}.now() + 50);
  outbox->expires(system_wall_clock{}.now() + 3'600'000);
  // It lives long enough to be asked for a sign of life.
  CHECK(client.read_frame().kind == test::opcode::ping);
}

TEST_CASE("a window that opens in time does not end a session") {
  config::settings settings;
  settings.http.window_timeout = 100ms;
  settings.http.ping_interval = 200ms;
  staged_front node{settings};
  auto stuck = test::upgraded(node.where());
  auto opened = test::upgraded(node.where());
  auto code = [](const std::string& payload) {
    return static_cast<uint8_t>(payload[0]) << 8
           | static_cast<uint8_t>(payload[1]);
  };
  for (size_t i : {0u, 1u})
    stage::instance().connection(i)->authenticated();
  stage::instance().connection(0)->window_full(true);
  stage::instance().connection(1)->window_full(true);
  stage::instance().connection(1)->window_full(false);
  auto end = stuck.read_frame();
  CHECK(end.kind == test::opcode::close);
  CHECK(code(end.payload) == 4008);
  // The other one lives long enough to be asked for a sign of life.
  CHECK(opened.read_frame().kind == test::opcode::ping);
}

TEST_CASE("a client that never closes is closed all the same") {
  staged_front node;
  auto client = test::upgraded(node.where());
  stage::instance().connection()->close(close_code::ended);
  CHECK(client.read_frame().kind == test::opcode::close);
  CHECK(client.closed_within(test::patience));
  stage::instance().wait_for_ends(1);
}

TEST_CASE("an abrupt end of the client reaches the session once") {
  staged_front node;
  {
    ws_client client{node.where()};
    stage::instance().connection();
  }
  stage::instance().wait_for_ends(1);
  auto outbox = stage::instance().connection();
  outbox->push(objects({numbered(1)}));
  outbox->handled();
  outbox->window_full(true);
  outbox->close(close_code::ended);
  CHECK(test::eventually([&] { return node.front().connections() == 0; }));
  CHECK(stage::instance().ends() == 1);
}

TEST_CASE("stopping ends every connection, whatever it is doing") {
  auto node = std::make_unique<staged_front>();
  ws_client idle{node->where()};
  auto deaf = sparing_client(node->where());
  test::tcp_client half{node->where()};
  half.write("GET / HTTP/1.1\r\nHost:");
  auto outbox = stage::instance().connection(1);
  stage::instance().connection(0);
  for (int i = 0; i < 20; ++i)
    outbox->push(objects({numbered(i, 100'000)}));
  node->front().stop();
  stage::instance().wait_for_ends(2);
  CHECK(half.closed_within(test::patience));
  CHECK(idle.wait_close() == 1006);
  outbox->push(objects({numbered(1)}));
  outbox->close(close_code::ended);
  CHECK(node->front().connections() == 0);
}

TEST_CASE("a drain reaches every session and closes idle HTTP connections") {
  staged_front node;
  ws_client client{node.where()};
  stage::instance().connection();
  test::tcp_client http{node.where()};
  http.write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  http.read_until("alive\"}");
  node.front().drain({{{"other", "http://other.example", "local"}}, 1000});
  stage::instance().wait_for_drains(1);
  CHECK(http.closed_within(test::patience));
  test::tcp_client late{node.where()};
  late.write("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n");
  auto answer = late.read_to_end();
  CHECK(answer.starts_with("HTTP/1.1 503"));
  CHECK(answer.find("Connection: close") != std::string::npos);
  CHECK_THROWS_AS(ws_client{node.where()}, test::upgrade_refused);
}
