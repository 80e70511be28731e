#include "e2e/control.hpp"
#include "e2e/shared_node.hpp"
#include "support/doctest.hpp"
#include "support/tcp_client.hpp"

namespace parley::test {
namespace {

TEST_CASE("the control socket is for its owner alone") {
  namespace fs = std::filesystem;
  const auto status = fs::status(node().control_socket());
  CHECK(fs::is_socket(status));
  CHECK((status.permissions() & fs::perms::mask)
        == (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("a request is a line of JSON, and the answer ends with ok") {
  const auto answer = ask_control(node(), R"({"cmd":"status","args":{}})");
  CHECK(answer.ok());
}

TEST_CASE("a connection takes one request after the other") {
  tcp_client client(node().control_socket());
  for (int i = 0; i < 3; ++i) {
    client.write("{\"cmd\":\"status\",\"args\":{}}\n");
    CHECK(parse_answer(client.read_until("\n")).ok());
  }
}

TEST_CASE("what is no command is refused with an error") {
  for (const auto* line :
       {"", "nonsense", "[]", "7", R"({"args":{}})", R"({"cmd":7,"args":{}})",
        R"({"cmd":"no such","args":{}})", R"({"cmd":"users show","args":{}})",
        R"({"cmd":"users show","args":[]})",
        R"({"cmd":"users show","args":{"user":7}})",
        R"({"cmd":"log-level","args":{"level":"loud"}})"}) {
    CAPTURE(line);
    const auto answer = ask_control(node(), line);
    CHECK_FALSE(answer.ok());
    CHECK_FALSE(text_of(answer.last, "error").empty());
  }
}

TEST_CASE("an endless line is cut off, and the node goes on (I8)") {
  tcp_client client(node().control_socket());
  constexpr size_t endless = 64 << 20;
  CHECK(client.flood(repeated("x", 65'536), endless, milliseconds(200))
        < endless);
  CHECK(ask_control(node(), R"({"cmd":"status","args":{}})").ok());
}

TEST_CASE("admin.socket puts the socket elsewhere") {
  temporary_directory dir;
  const auto path = (dir.path() / "control").string();
  server_process mine(overrides{{"admin.socket", path}});
  tcp_client client{std::filesystem::path(path)};
  client.write("{\"cmd\":\"status\",\"args\":{}}\n");
  CHECK(parse_answer(client.read_until("\n")).ok());
}

TEST_CASE("the socket that a killed node left does not keep the next from "
          "starting") {
  server_process mine;
  mine.kill();
  CHECK(std::filesystem::exists(mine.control_socket()));
  mine.restart();
  CHECK(ask_control(mine, R"({"cmd":"status","args":{}})").ok());
}

} // namespace
} // namespace parley::test
