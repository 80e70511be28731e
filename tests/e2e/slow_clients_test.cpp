#include "e2e/pair_of_users.hpp"
#include "support/doctest.hpp"
#include "support/tcp_client.hpp"

#include <sys/resource.h>

// Clients that stall, dribble, hoard or never read cost the node no more than
// their bounds (I8).

namespace parley::test {
namespace {

constexpr size_t mebibyte = 1 << 20;

/// For nodes whose memory is looked at: under the address sanitizer what is
/// freed counts for long, by default.
const child_process::environment frees_soon{
    {"ASAN_OPTIONS", "quarantine_size_mb=1"}};

server_process& impatient_node() {
  static server_process process(overrides{{"http.header_timeout", "500ms"},
                                          {"http.auth_timeout", "500ms"}});
  return process;
}

/// Lets this process, and those that it starts, have as many files as allowed.
size_t raise_file_limit() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  return files.rlim_cur;
}

/// A bare connection whose auth is on its way.
tcp_client authenticated(const server_process& on, const account& user) {
  auto result = upgraded(on.where());
  result.write(
      frame(opcode::text, json::serialize(json::object{{"t", "auth"},
                                                       {"id", 1},
                                                       {"token", user.token()},
                                                       {"device", "bare"}})));
  return result;
}

/// Writes the bytes one by one, slowly, until the node closes.
/// @returns how many it took.
size_t dribble(tcp_client& to, const std::string& bytes) {
  for (size_t i = 0; i < bytes.size(); ++i)
    if (!to.write(bytes.substr(i, 1)) || to.closed_within(milliseconds(50)))
      return i;
  return bytes.size();
}

TEST_CASE("a request that never ends is cut off") {
  for (const auto* start :
       {"", "GET /healthz HT", "GET /healthz HTTP/1.1\r\nX: ",
        "POST /v1/login HTTP/1.1\r\nContent-Length: 50\r\n\r\n{\"user\":"}) {
    CAPTURE(start);
    tcp_client client(impatient_node().where());
    client.write(start);
    CHECK(client.closed_within(patience));
  }
}

TEST_CASE("a request that comes byte by byte is cut off by the whole time it "
          "takes") {
  tcp_client client(impatient_node().where());
  const auto request = "GET /healthz HTTP/1.1\r\nX: " + repeated("y", 1000);
  CHECK(dribble(client, request) < 100);
}

TEST_CASE("a WebSocket that dribbles its auth is cut off") {
  auto client = upgraded(impatient_node().where());
  const auto bytes = frame(opcode::text, repeated(" ", 400));
  CHECK(dribble(client, bytes) < bytes.size());
}

TEST_CASE("10,000 half-open connections cost little, and others are served") {
  constexpr size_t wanted = 10'000;
  REQUIRE(raise_file_limit() > wanted + 1000);
  server_process mine;
  const pair_of_users we(mine);
  const auto before = mine.resident_bytes();
  std::optional<silent_crowd> mute(std::in_place, mine.where(), wanted / 2, "");
  silent_crowd dreamers(mine.where(), wanted / 2, "GET /v1/ws HTTP/1.1\r\n");
  auto phone = we.alice.open();
  CHECK(phone.say(we.conv, "through the crowd") == 1);
  CHECK(mine.resident_bytes() < before + wanted * 16 * 1024);
  mute.reset();
  CHECK(get(mine, "/healthz").status == 200);
}

TEST_CASE("sessions that never read cost no more than their windows, and "
          "others get everything") {
  server_process mine(overrides{{"storage.write_buffer_mb", 4},
                                {"storage.block_cache_mb", 4},
                                {"limits.sends_per_s", 0}},
                      frees_soon);
  const pair_of_users we(mine);
  auto sender = we.alice.open();
  auto reader = we.bob.on("reader");
  constexpr size_t deaf_count = 20;
  std::vector<session> deaf;
  for (size_t i = 0; i < deaf_count; ++i) {
    session_options options{.device = "deaf-" + std::to_string(i),
                            .acknowledges = false};
    options.transport.receive_buffer_bytes = 4096;
    deaf.push_back(we.bob.open(options));
  }
  const auto before = mine.resident_bytes();
  const auto body = repeated("\xF0\x9F\x98\x80", 100'000);
  constexpr int64_t count = 60;
  for (int64_t i = 1; i <= count; ++i) {
    sender.say(we.conv, body);
    reader.wait_for({{"t", "msg"}, {"seq", i}});
  }
  // All windows, what RocksDB keeps in memory, and the allocator's slack.
  CHECK(mine.resident_bytes()
        < before + deaf_count * 2 * mebibyte + 60 * mebibyte);
}

TEST_CASE("a client that floods, or asks for much, and reads nothing is held "
          "back by TCP") {
  server_process mine({}, frees_soon);
  const pair_of_users we(mine);
  auto sender = we.alice.open();
  for (int i = 0; i < 3; ++i)
    sender.say(we.conv, repeated("x", 100'000));
  const json::object history{{"t", "history"}, {"id", 1}, {"conv", we.conv}};
  const json::object ping{{"t", "ping"}};
  for (const auto& request : {ping, history}) {
    CAPTURE(request);
    auto client = authenticated(mine, we.bob);
    const auto before = mine.resident_bytes();
    const auto requests =
        repeated(frame(opcode::text, json::serialize(request)), 1000);
    CHECK(client.flood(requests, 256 * mebibyte, milliseconds(500))
          < 256 * mebibyte);
    CHECK(mine.resident_bytes() < before + 64 * mebibyte);
    sender.settle();
  }
}

} // namespace
} // namespace parley::test
