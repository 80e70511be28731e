#include "gateway/staged_front.hpp"
#include "support/tcp_client.hpp"
#include "support/ws_client.hpp"

#include "parley/base/limits.hpp"

#include <doctest/doctest.h>

#include <string>
#include <sys/resource.h>
#include <vector>

using namespace parley;
using namespace std::chrono_literals;
using test::staged_front;
using test::tcp_client;

namespace {

std::string get(const std::string& target, const std::string& more = {}) {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + more + "\r\n";
}

/// Everything that the node says to `bytes` until it closes.
std::string answer_to(const staged_front& node, const std::string& bytes) {
  tcp_client client{node.where()};
  client.write(bytes);
  return client.read_to_end();
}

size_t count(const std::string& text, std::string_view what) {
  size_t found = 0;
  for (auto at = text.find(what); at != std::string::npos;
       at = text.find(what, at + 1))
    ++found;
  return found;
}

} // namespace

TEST_CASE("requests that are pipelined are answered one by one, in order") {
  staged_front node;
  auto text = answer_to(node, get("/healthz") + get("/v1/nothing")
                                  + get("/healthz", "Connection: close\r\n")
                                  + get("/never/read"));
  CHECK(count(text, "HTTP/1.1 ") == 3);
  auto first = text.find("HTTP/1.1 200");
  auto second = text.find("HTTP/1.1 404");
  auto third = text.find("HTTP/1.1 200", second);
  CHECK(first < second);
  CHECK(third != std::string::npos);
}

TEST_CASE("HEAD gets the head of what GET gets") {
  staged_front node;
  auto text = answer_to(node, "HEAD /healthz HTTP/1.1\r\nHost: x\r\n"
                              "Connection: close\r\n\r\n");
  CHECK(text.starts_with("HTTP/1.1 200"));
  CHECK(text.find("Content-Length: 18\r\n") != std::string::npos);
  CHECK(text.ends_with("\r\n\r\n"));
}

TEST_CASE("a client that expects to be told to go on is told") {
  staged_front node;
  tcp_client client{node.where()};
  client.write("POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
               "Expect: 100-continue\r\n\r\n");
  CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  client.write("{}");
  CHECK(client.read_until("\r\n").starts_with("HTTP/1.1 400"));
}

TEST_CASE("what is not HTTP, or breaks its rules, gets an answer and the end") {
  staged_front node;
  auto status = [&](const std::string& bytes) {
    return answer_to(node, bytes).substr(0, 12);
  };
  CHECK(status("\x16\x03\x01\x02\r\n\r\n") == "HTTP/1.1 400");
  CHECK(status("GET /healthz HTTP/1.1\r\n\r\n") == "HTTP/1.1 400");
  CHECK(status("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
        == "HTTP/1.1 400");
  CHECK(
      status("POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n")
      == "HTTP/1.1 400");
  CHECK(status("POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
               "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
        == "HTTP/1.1 400");
  CHECK(status(get("/", "X: " + std::string(9000, 'a') + "\r\n"))
        == "HTTP/1.1 431");
  CHECK(status("POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
               "Expect: a miracle\r\n\r\n")
        == "HTTP/1.1 417");
}

TEST_CASE("I8: a stranger's large body is refused before it is read") {
  staged_front node;
  auto status = [&](const std::string& headers) {
    return answer_to(node, "POST /v1/login HTTP/1.1\r\nHost: x\r\n" + headers
                               + "\r\n")
        .substr(0, 12);
  };
  CHECK(status("Content-Length: 65537\r\n") == "HTTP/1.1 413");
  CHECK(status("Content-Length: 2000000\r\n") == "HTTP/1.1 413");
  CHECK(status("Content-Length: 18446744073709551615\r\n") == "HTTP/1.1 413");
  auto chunk = "10001\r\n" + std::string(0x10001, 'x') + "\r\n";
  CHECK(answer_to(node, "POST /v1/login HTTP/1.1\r\nHost: x\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n"
                            + chunk)
            .starts_with("HTTP/1.1 413"));
}

TEST_CASE("the answer to a refused body survives what is still being sent") {
  staged_front node;
  tcp_client client{node.where()};
  client.write("POST /v1/login HTTP/1.1\r\nHost: x\r\n"
               "Content-Length: 3000000\r\n\r\n");
  client.write(std::string(3'000'000, 'x'));
  CHECK(client.read_until("\r\n").starts_with("HTTP/1.1 413"));
}

TEST_CASE("a request that does not arrive in time ends its connection") {
  config::settings settings;
  settings.http.header_timeout = 100ms;
  staged_front node{settings};
  for (const std::string begun :
       {"", "GET", "GET / HTTP/1.1\r\nHost: x\r\n",
        "POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n{"}) {
    CAPTURE(begun);
    tcp_client client{node.where()};
    client.write(begun);
    CHECK(client.closed_within(test::patience));
  }
  CHECK(test::eventually([&] { return node.front().connections() == 0; }));
}

TEST_CASE("I8: connections over the limit are told so, and others go on") {
  config::settings settings;
  settings.http.connections_max = 2;
  staged_front node{settings};
  test::ws_client first{node.where()};
  {
    test::ws_client second{node.where()};
    CHECK(answer_to(node, get("/healthz")).starts_with("HTTP/1.1 503"));
    CHECK_THROWS_AS(test::ws_client{node.where()}, test::upgrade_refused);
    first.send_ping("x");
    CHECK(first.wait_pong() == "x");
  }
  CHECK(test::eventually([&] {
    return answer_to(node, get("/healthz", "Connection: close\r\n"))
        .starts_with("HTTP/1.1 200");
  }));
}

TEST_CASE("I8: without a descriptor left the node waits, and then accepts") {
  staged_front node;
  std::vector<tcp_client> clients;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit tight = before;
  clients.reserve(200);
  clients.emplace_back(node.where());
  tight.rlim_cur = 100;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
  try {
    while (clients.size() < 200)
      clients.emplace_back(node.where());
  } catch (const std::exception&) {
    // This process is both sides, and one of them ran out.
  }
  CHECK(clients.size() < 100);
  clients.clear();
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(answer_to(node, get("/healthz", "Connection: close\r\n"))
            .starts_with("HTTP/1.1 200"));
}
