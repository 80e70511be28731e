#include "e2e/shared_node.hpp"
#include "support/doctest.hpp"
#include "support/tcp_client.hpp"

#include <fstream>

// The conformance door: /debug/echo.

namespace parley::test {
namespace {

ws_options echo_options(bool compression = false) {
  return {
      .target = "/debug/echo", .subprotocol = "", .compression = compression};
}

server_process& echo_node() {
  static server_process process(
      overrides{{"debug.echo", true}, {"http.compression", true}});
  return process;
}

TEST_CASE("there is no echo unless the config says so") {
  try {
    ws_client client(node().where(), echo_options());
    FAIL("the upgrade worked");
  } catch (const upgrade_refused& refusal) {
    CHECK(refusal.response.status == 404);
  }
}

TEST_CASE("echo on a public address is refused at the start") {
  temporary_directory dir;
  const auto file = dir.path() / "public.toml";
  std::ofstream(file) << to_toml({{"node.data_dir", dir.path().string()},
                                  {"http.listen", "0.0.0.0:0"},
                                  {"debug.echo", true}});
  const auto done =
      run({server_process::binary(), "serve", "--config", file.string()});
  CHECK(done.status == 2);
  CHECK(done.output.find("ready") == std::string::npos);
}

TEST_CASE("text and binary come back as they were, with and without "
          "compression") {
  for (bool compression : {false, true}) {
    CAPTURE(compression);
    ws_client client(echo_node().where(), echo_options(compression));
    for (const auto& text :
         {std::string(), std::string("\xC3\xA9"), repeated("text ", 20'000)}) {
      client.send_text(text);
      const auto back = client.next_message();
      CHECK_FALSE(back.binary);
      CHECK(back.payload == text);
      client.send_binary(text);
      const auto binary = client.next_message();
      CHECK(binary.binary);
      CHECK(binary.payload == text);
    }
  }
}

TEST_CASE("fragments come back as one message, pings between them as pongs") {
  auto client = upgraded(echo_node().where(), "/debug/echo");
  client.write(frame(opcode::text, "one ", {.fin = false})
               + frame(opcode::ping, "still there?")
               + frame(opcode::continuation, "two"));
  const auto pong = client.read_frame();
  CHECK(pong.kind == opcode::pong);
  CHECK(pong.payload == "still there?");
  const auto message = client.read_frame();
  CHECK(message.kind == opcode::text);
  CHECK(message.payload == "one two");
}

TEST_CASE("a close is answered with its code") {
  auto client = upgraded(echo_node().where(), "/debug/echo");
  client.write(frame(opcode::close, "\x03\xE8"));
  const auto answer = client.read_frame();
  CHECK(answer.kind == opcode::close);
  CHECK(answer.payload.substr(0, 2) == "\x03\xE8");
  CHECK(client.closed_within(patience));
}

} // namespace
} // namespace parley::test
