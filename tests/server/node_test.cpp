#include "server/node.hpp"
#include "support/temporary_directory.hpp"

#include "parley/admin/control.hpp"
#include "parley/server/sizing.hpp"

#include <boost/asio.hpp>
#include <doctest/doctest.h>

#include <future>

namespace parley::server {

namespace {

config::settings settings_in(const test::temporary_directory& dir) {
  config::settings with;
  with.node.data_dir = (dir.path() / "data").string();
  with.http.listen = "127.0.0.1:0";
  with.cluster.partitions = 4;
  with.auth.argon2_memory_kib = 8;
  with.auth.argon2_iterations = 1;
  return sized(with, 1);
}

std::string ask(const config::settings& of, std::string_view line) {
  boost::asio::local::stream_protocol::iostream stream;
  stream.expires_after(std::chrono::seconds{20});
  stream.connect(
      boost::asio::local::stream_protocol::endpoint{admin::socket_path(of)});
  stream << line << std::endl;
  std::string answer;
  std::getline(stream, answer);
  return answer;
}

} // namespace

TEST_CASE(
    "I1: what a node acknowledged is there after it stopped and started") {
  test::temporary_directory dir;
  auto with = settings_in(dir);
  {
    node one{with};
    REQUIRE(one.start([] {}).has_value());
    CHECK(one.address().starts_with("127.0.0.1:"));
    CHECK(ask(with, R"({"cmd":"users create","args":)"
                    R"({"user":"al","password":"12345678"}})")
          == R"({"ok":true})");
    one.stop();
    CHECK_FALSE(std::filesystem::exists(admin::socket_path(with)));
  }
  node two{with};
  REQUIRE(two.start([] {}).has_value());
  CHECK(ask(with, R"({"cmd":"users show","args":{"user":"al"}})")
            .starts_with(R"({"ok":true,"user":"al",)"));
  auto status = ask(with, R"({"cmd":"status"})");
  CHECK(status.find("\"starts\":2") != std::string::npos);
}

TEST_CASE("a second node on the same data directory is refused") {
  test::temporary_directory dir;
  auto with = settings_in(dir);
  node one{with};
  REQUIRE(one.start([] {}).has_value());
  node other{with};
  CHECK_FALSE(other.start([] {}).has_value());
  CHECK(ask(with, R"({"cmd":"status"})").starts_with(R"({"ok":true,)"));
}

TEST_CASE("a node whose address is taken says so and ends in order") {
  test::temporary_directory dir;
  test::temporary_directory elsewhere;
  auto with = settings_in(dir);
  node one{with};
  REQUIRE(one.start([] {}).has_value());
  auto same_address = settings_in(elsewhere);
  same_address.http.listen = one.address();
  node other{same_address};
  auto started = other.start([] {});
  REQUIRE_FALSE(started.has_value());
  CHECK(started.error().message.find(one.address()) != std::string::npos);
}

TEST_CASE("the operator's shutdown is told to whoever runs the node") {
  test::temporary_directory dir;
  auto with = settings_in(dir);
  std::promise<void> told;
  node one{with};
  REQUIRE(one.start([&] { told.set_value(); }).has_value());
  CHECK(ask(with, R"({"cmd":"shutdown"})") == R"({"ok":true})");
  told.get_future().get();
}

} // namespace parley::server
