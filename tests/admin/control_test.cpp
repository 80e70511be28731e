#include "admin/net.hpp"
#include "admin/served.hpp"

#include "parley/admin/limits.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sys/stat.h>

namespace parley::admin {

namespace {

namespace fs = std::filesystem;

/// A client of the socket. Every wait has a deadline, so that a silent server
/// fails the test instead of holding it up.
class client {
public:
  explicit client(const std::string& path) {
    stream_.expires_after(std::chrono::seconds{20});
    stream_.connect(local::endpoint{path});
  }

  bool connected() const { return static_cast<bool>(stream_); }

  client& send(std::string_view text) {
    stream_ << text << std::flush;
    return *this;
  }

  /// The next line; "" at the end of the stream.
  std::string line() {
    std::string text;
    std::getline(stream_, text);
    return text;
  }

  std::string ask(std::string_view request) { return send(request).line(); }

private:
  local::iostream stream_;
};

std::string refusal_of(const services& with, const std::string& path) {
  auto made = control::start(with, path);
  return made ? "" : made.error().message;
}

} // namespace

TEST_CASE("the socket lies in the data directory unless the settings move it") {
  config::settings from;
  from.node.data_dir = "/var/lib/parley";
  CHECK(socket_path(from) == "/var/lib/parley/parley.sock");
  from.admin.socket = "/run/parley.sock";
  CHECK(socket_path(from) == "/run/parley.sock");
}

TEST_CASE("a client sends lines and gets lines, as often as it likes") {
  served on;
  client one{on.path};
  CHECK(one.ask("{\"cmd\":\"users list\"}\n").starts_with(R"({"user":"al",)"));
  CHECK(one.line() == R"({"ok":true,"count":1,"more":false})");
  CHECK(
      one.ask("{\"cmd\":\"users show\",\"args\":{\"user\":\"no\"}}\n")
      == R"({"ok":false,"code":"not_found","error":"there is no such user"})");
  CHECK(one.ask("{\"cmd\":\"users disable\",\"args\":{\"user\":\"al\"}}\n")
        == R"({"ok":true})");
}

TEST_CASE("a bad line is answered, and the next one is read") {
  served on;
  client one{on.path};
  CHECK(
      one.ask("status\n")
      == R"({"ok":false,"code":"bad_frame","error":"expected a line of JSON"})");
  CHECK(
      one.ask("{\"cmd\":\"dance\"}\n")
      == R"({"ok":false,"code":"bad_request","error":"there is no such command"})");
  CHECK(one.ask("{\"cmd\":\"status\"}\n").starts_with(R"({"ok":true,)"));
}

TEST_CASE("lines that come in one piece are answered in order") {
  served on;
  client one{on.path};
  one.send("{\"cmd\":\"status\"}\n{\"cmd\":\"x\"}\n{\"cmd\":\"sta");
  CHECK(one.line().starts_with(R"({"ok":true,)"));
  CHECK(one.line().starts_with(R"({"ok":false,)"));
  CHECK(one.ask("tus\"}\n").starts_with(R"({"ok":true,)"));
}

TEST_CASE("I8: a line over its limit is refused and the client is let go") {
  served on;
  client one{on.path};
  one.send(std::string(line_bytes_max, 'x'));
  CHECK(
      one.line()
      == R"({"ok":false,"code":"too_large","error":"the line is over its limit"})");
  CHECK(one.line() == "");
}

TEST_CASE("I8: clients over their limit are refused, and heard once one left") {
  served on;
  std::vector<std::unique_ptr<client>> all;
  for (size_t i = 0; i < clients_max; ++i) {
    all.push_back(std::make_unique<client>(on.path));
    REQUIRE(
        all.back()->ask("{\"cmd\":\"status\"}\n").starts_with(R"({"ok":tr)"));
  }
  CHECK(client{on.path}.line()
        == R"({"ok":false,"code":"unavailable","error":"too many clients"})");
  all.pop_back();
  // That one left is noticed after the next has knocked, or before.
  for (std::string answer; !answer.starts_with(R"({"ok":true,)");)
    answer = client{on.path}.ask("{\"cmd\":\"status\"}\n");
}

TEST_CASE("only the owner may open the socket's file") {
  served on;
  struct stat file {};
  REQUIRE(::stat(on.path.c_str(), &file) == 0);
  CHECK((file.st_mode & 07777) == 0600);
  CHECK(S_ISSOCK(file.st_mode));
}

TEST_CASE("a socket that a crash left behind is replaced") {
  fake_node node;
  test::temporary_directory dir;
  auto path = dir.file("s");
  asio::io_context io;
  { local::acceptor left{io, local::endpoint{path}}; }
  REQUIRE(fs::exists(path));
  auto made = control::start(node.with, path);
  REQUIRE(made.has_value());
  CHECK(client{path}.ask("{\"cmd\":\"status\"}\n").starts_with(R"({"ok":tr)"));
}

TEST_CASE("a socket on which another node answers is left alone") {
  served on;
  CHECK(refusal_of(on.node.with, on.path)
        == "another process answers on " + on.path);
  CHECK(client{on.path}
            .ask("{\"cmd\":\"status\"}\n")
            .starts_with(R"({"ok":true,)"));
}

TEST_CASE("what is not a socket is never removed") {
  fake_node node;
  test::temporary_directory dir;
  auto path = dir.file("notes");
  std::ofstream{path} << "dear diary";
  CHECK(refusal_of(node.with, path) == path + " exists and is not a socket");
  CHECK(fs::file_size(path) == 10);
}

TEST_CASE("a path that the system cannot take is refused with advice") {
  fake_node node;
  auto message = refusal_of(node.with, std::string(108, 'x'));
  CHECK(message.find("admin.socket") != std::string::npos);
  CHECK(refusal_of(node.with, "") == message);
  CHECK(refusal_of(node.with, "/no/such/dir/s")
        == "/no/such/dir/s: No such file or directory");
}

TEST_CASE("stopping removes the file and lets every client go") {
  served on;
  client idle{on.path};
  client halfway{on.path};
  halfway.send("{\"cmd\":");
  REQUIRE(idle.ask("{\"cmd\":\"x\"}\n").starts_with(R"({"ok":false,)"));
  on.socket->stop();
  on.socket->stop();
  CHECK_FALSE(fs::exists(on.path));
  CHECK(idle.line() == "");
  CHECK(halfway.line() == "");
  CHECK_FALSE(client{on.path}.connected());
}

TEST_CASE("an actor's answer that comes after the stop is dropped") {
  fake_node node;
  test::temporary_directory dir;
  std::promise<std::function<void(result<std::string>)>> asked;
  node.with.hash = [&](std::string, auto done) {
    asked.set_value(done);
  };
  auto made = control::start(node.with, dir.file("s"));
  REQUIRE(made.has_value());
  client one{dir.file("s")};
  one.send("{\"cmd\":\"users create\",\"args\":"
           "{\"user\":\"al\",\"password\":\"12345678\"}}\n");
  auto late = asked.get_future().get();
  made->reset();
  CHECK(one.line() == "");
  late(error{errc::unavailable, "too late", 0});
}

TEST_CASE("a shutdown is answered before it begins") {
  served on;
  client one{on.path};
  CHECK(one.ask("{\"cmd\":\"shutdown\"}\n") == R"({"ok":true})");
  on.node.stopped.get_future().get();
}

} // namespace parley::admin
