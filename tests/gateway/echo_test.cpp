#include "gateway/staged_front.hpp"
#include "support/tcp_client.hpp"
#include "support/ws_client.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace parley;
using namespace std::chrono_literals;
using test::staged_front;
using test::ws_client;

namespace {

config::settings echoing(bool compression = false) {
  config::settings settings;
  settings.debug.echo = true;
  settings.http.compression = compression;
  return settings;
}

const test::ws_options to_echo{.target = "/debug/echo", .subprotocol = ""};

} // namespace

TEST_CASE("an echo has the type and the bytes of its message") {
  staged_front node{echoing()};
  ws_client client{node.where(), to_echo};
  for (size_t size : {0u, 1u, 125u, 126u, 511u, 512u, 513u, 1536u, 4096u,
                      65'535u, 65'536u, 1'000'000u}) {
    CAPTURE(size);
    std::string payload(size, 'e');
    client.send_text(payload);
    auto text = client.next_message();
    CHECK_FALSE(text.binary);
    CHECK((text.payload == payload));
    client.send_binary(payload + '\xFF');
    auto binary = client.next_message();
    CHECK(binary.binary);
    CHECK((binary.payload == payload + '\xFF'));
  }
}

TEST_CASE("a message in fragments is echoed as one") {
  staged_front node{echoing()};
  ws_client client{node.where(), to_echo};
  std::string large(2000, 'x');
  client.send_fragments({"a", "", large, "\xC3", "\xA9", ""});
  CHECK((client.next_message().payload == "a" + large + "\xC3\xA9"));
}

TEST_CASE("compressed messages come back whole, the tiny and the exact ones") {
  staged_front node{echoing(true)};
  auto options = to_echo;
  options.compression = true;
  ws_client client{node.where(), options};
  CHECK(client.handshake()
            .header("sec-websocket-extensions")
            .find("permessage-deflate")
        != std::string::npos);
  for (size_t size : {0u, 1u, 511u, 512u, 513u, 1024u, 100'000u, 1'000'000u}) {
    CAPTURE(size);
    std::string payload;
    for (size_t i = 0; payload.size() < size; ++i)
      payload += std::to_string(i * i);
    payload.resize(size);
    client.send_text(payload);
    CHECK((client.next_message().payload == payload));
  }
}

TEST_CASE("compression is offered only by config") {
  staged_front node{echoing(false)};
  auto options = to_echo;
  options.compression = true;
  ws_client client{node.where(), options};
  CHECK(client.handshake().header("sec-websocket-extensions").empty());
}

TEST_CASE("I8: an echo nobody reads holds back who sends") {
  staged_front node{echoing()};
  auto client = test::upgraded(node.where(), "/debug/echo");
  auto frame = test::frame(test::opcode::text, std::string(60'000, 'x'));
  constexpr size_t plenty = 64 * 1024 * 1024;
  CHECK(client.flood(frame, plenty, 300ms) < plenty);
}

TEST_CASE("without the setting there is no echo") {
  staged_front node;
  CHECK_THROWS_AS((ws_client{node.where(), to_echo}), test::upgrade_refused);
}
