#include "gateway/header.hpp"
#include "gateway/origin.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace parley;
using gateway::origin_rules;
using test::header;

namespace {

origin_rules rules() {
  config::http_settings settings;
  settings.public_url = "https://chat.example";
  settings.allowed_origins = {"https://app.example", "http://localhost:3000"};
  return origin_rules{settings};
}

} // namespace

TEST_CASE("who is no browser, or a page of ours, may call") {
  auto x = rules();
  CHECK(x.allows("", "chat.example"));
  CHECK(x.allows("https://chat.example", "10.0.0.7:8080"));
  CHECK(x.allows("https://app.example", "chat.example"));
  CHECK(x.allows("http://localhost:3000", "chat.example"));
  CHECK(x.allows("http://127.0.0.1:8080", "127.0.0.1:8080"));
  CHECK(x.allows("http://node.LAN:8080", "Node.lan:8080"));
}

TEST_CASE("a page of anyone else may not, however alike its origin looks") {
  auto x = rules();
  for (const std::string origin :
       {"null", "https://evil.example", "http://app.example",
        "https://app.example:8443", "https://app.example.evil.example",
        "https://evil.example/https://app.example", "app.example", "https://",
        "https://APP.example", "file://", "http://localhost",
        "ws://chat.example"}) {
    CAPTURE(origin);
    CHECK_FALSE(x.allows(origin, "chat.example"));
  }
  CHECK_FALSE(x.allows("http://127.0.0.1:9999", "127.0.0.1:8080"));
  CHECK_FALSE(x.allows("http://", ""));
}

TEST_CASE("an allowed page may read the answer, and caches tell pages apart") {
  gateway::http_reply reply;
  gateway::add_cors(reply, "https://app.example");
  CHECK(header(reply, "Access-Control-Allow-Origin") == "https://app.example");
  CHECK(header(reply, "Vary") == "Origin");
  gateway::http_reply plain;
  gateway::add_cors(plain, "");
  CHECK(header(plain, "Access-Control-Allow-Origin").empty());
  CHECK(header(plain, "Vary") == "Origin");
}

TEST_CASE("a preflight is told the methods and headers that it may use") {
  auto reply = gateway::options_reply("GET, HEAD", "https://app.example");
  CHECK(reply.status == 204);
  CHECK(header(reply, "Access-Control-Allow-Methods") == "GET, HEAD");
  CHECK(header(reply, "Access-Control-Allow-Headers")
        == "Authorization, Content-Type");
}
