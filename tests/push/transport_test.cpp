#include "parley/push/transport.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <future>
#include <mutex>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace parley;
using namespace parley::push;

namespace {

/// A port that takes connections and never says anything.
class silent_host {
public:
  silent_host() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&at), size) == 0);
    REQUIRE(::listen(socket_, 4096) == 0);
    REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size)
            == 0);
    port_ = ntohs(at.sin_port);
  }
  silent_host(const silent_host&) = delete;
  silent_host& operator=(const silent_host&) = delete;
  ~silent_host() { ::close(socket_); }

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/";
  }

private:
  int socket_;
  uint16_t port_ = 0;
};

std::unique_ptr<transport> started(const transport_settings& by) {
  auto made = transport::start(by);
  REQUIRE(made.has_value());
  return std::move(*made);
}

http_answer post(transport& by, http_request request) {
  std::promise<http_answer> answer;
  by.post(std::move(request),
          [&](http_answer x) { answer.set_value(std::move(x)); });
  return answer.get_future().get();
}

/// How many answers came, by their failure.
struct tally {
  std::array<std::atomic<int>, 8> counts{};

  auto counter() {
    return [this](const http_answer& x) {
      ++counts[static_cast<size_t>(x.failure)];
    };
  }
  int of(http_failure kind) const { return counts[static_cast<size_t>(kind)]; }
};

} // namespace

TEST_CASE("a request that may not go out is answered at once") {
  auto guarded = started({});
  auto failure = [&](http_request request) {
    return post(*guarded, std::move(request)).failure;
  };
  CHECK(failure({"http://push.example.com/", {}, ""})
        == http_failure::malformed);
  CHECK(failure({"https://127.0.0.1/", {}, ""}) == http_failure::malformed);
  CHECK(failure({"file:///etc/passwd", {}, ""}) == http_failure::malformed);
  CHECK(failure({"https://push.example.com/", {"A: b\r\nC: d"}, ""})
        == http_failure::malformed);
  CHECK(guarded->in_flight() == 0);
}

TEST_CASE("what a name stands for is looked at when connecting") {
  transport_settings by;
  for (auto address : {"127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]",
                       "[::ffff:127.0.0.1]", "[fd00::1]", "0.0.0.0"}) {
    CAPTURE(address);
    by.known_hosts = {std::string{"push.example.com:443:"} + address};
    auto guarded = started(by);
    auto answer = post(*guarded, {"https://push.example.com/", {}, ""});
    CHECK(answer.failure == http_failure::forbidden);
    CHECK(answer.detail == "the name stands for a private address");
  }
}

TEST_CASE("an unreadable file of authorities is refused with its name") {
  transport_settings by;
  by.ca_file = "/nowhere/ca.pem";
  auto made = transport::start(by);
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().message == "/nowhere/ca.pem: cannot be read");
}

TEST_CASE("a host that is silent takes its share, and then its time is up") {
  silent_host silent;
  transport_settings by;
  by.allow_private = true;
  by.timeout = std::chrono::milliseconds{100};
  auto open = started(by);
  auto answer = post(*open, {silent.url(), {}, "x"});
  CHECK(answer.failure == http_failure::timeout);
  CHECK(open->in_flight() == 0);
}

TEST_CASE("requests beyond a bound are told so, those of another host go on") {
  silent_host silent;
  silent_host other;
  transport_settings by;
  by.allow_private = true;
  by.timeout = std::chrono::hours{1};
  by.in_flight_per_origin_max = 10;
  by.in_flight_max = 15;
  tally answers;
  auto open = started(by);
  for (int i = 0; i < 1000; ++i)
    open->post({silent.url(), {}, "x"}, answers.counter());
  CHECK(open->in_flight() == 10);
  CHECK(answers.of(http_failure::busy) == 990);
  for (int i = 0; i < 10; ++i)
    open->post({other.url(), {}, "x"}, answers.counter());
  CHECK(open->in_flight() == 15);
  CHECK(answers.of(http_failure::busy) == 995);
  open.reset();
  CHECK(answers.of(http_failure::stopped) == 15);
}

TEST_CASE("all requests of many threads are answered exactly once") {
  silent_host silent;
  transport_settings by;
  by.allow_private = true;
  by.timeout = std::chrono::milliseconds{20};
  by.in_flight_per_origin_max = 50;
  tally answers;
  auto open = started(by);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int j = 0; j < 200; ++j)
        open->post({silent.url(), {}, "x"}, answers.counter());
    });
  for (auto& each : threads)
    each.join();
  open.reset();
  int sum = 0;
  for (const auto& each : answers.counts)
    sum += each;
  CHECK(sum == 800);
}

TEST_CASE("what an answer begins while the transport ends is answered too") {
  silent_host silent;
  transport_settings by;
  by.allow_private = true;
  auto open = started(by);
  auto& ending = *open;
  tally answers;
  ending.post({silent.url(), {}, "x"}, [&](const http_answer&) {
    ending.post({silent.url(), {}, "x"}, answers.counter());
  });
  open.reset();
  CHECK(answers.of(http_failure::stopped) == 1);
}
