#include "gateway/fake_node.hpp"
#include "gateway/header.hpp"
#include "support/json.hpp"

#include <doctest/doctest.h>

using namespace parley;
using gateway::verb;
using test::fake_node;
using test::header;

namespace {

int status_in_body(const gateway::http_reply& reply) {
  return static_cast<int>(
      boost::json::parse(reply.body).at("status").as_int64());
}

} // namespace

TEST_CASE("an unknown path and a wrong method are told apart") {
  fake_node node;
  auto unknown = node.request(verb::get, "/v1/nothing");
  CHECK(unknown->status == 404);
  CHECK(unknown->type == "application/problem+json");
  auto wrong = node.request(verb::put, "/v1/login");
  CHECK(wrong->status == 405);
  CHECK(status_in_body(*wrong) == 405);
  CHECK(header(*wrong, "Allow") == "POST, OPTIONS");
  CHECK(boost::json::parse(wrong->body).at("title") == "Method Not Allowed");
  CHECK(header(*node.request(verb::post, "/favicon.svg"), "Allow")
        == "GET, HEAD, OPTIONS");
}

TEST_CASE("path tricks find nothing") {
  fake_node node;
  for (const std::string path : {"/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
                                 "/..%2f..%2fetc%2fpasswd", "//etc/passwd",
                                 "/favicon.svg/..", "/%5c..%5cetc"}) {
    CAPTURE(path);
    CHECK(node.request(verb::get, path)->status == 404);
  }
  CHECK(node.request(verb::get, "/%00")->status == 400);
}

TEST_CASE("the static files are served at the root, under the node's policy") {
  fake_node node;
  auto index = node.request(verb::get, "/");
  CHECK(index->status == 200);
  CHECK(index->type == "text/html; charset=utf-8");
  CHECK(header(*index, "Content-Security-Policy") == node.services().policy);
  CHECK(node.request(verb::head, "/favicon.svg")->status == 200);
}

TEST_CASE("a folder's page has one address, without the slash") {
  fake_node node;
  CHECK(node.request(verb::get, "/docs")->status == 200);
  auto moved = node.request(verb::get, "/docs/");
  CHECK(moved->status == 308);
  CHECK(header(*moved, "Location") == "/docs");
  CHECK(node.request(verb::get, "/docs/nothing/")->status == 404);
  CHECK(node.request(verb::get, "//docs/")->status == 404);
}

TEST_CASE("a page of another origin is refused before anything happens") {
  fake_node node;
  auto reply = node.request(verb::get, "/v1/me", {}, node.token_for("alice"),
                            "https://evil.example");
  CHECK(reply->status == 403);
  CHECK(header(*reply, "Access-Control-Allow-Origin").empty());
  CHECK(node.play.asked.empty());
}

TEST_CASE("a page of an allowed origin may read every answer, errors too") {
  auto settings = fake_node::cheap_settings();
  settings.http.allowed_origins = {"https://app.example"};
  fake_node node{settings};
  for (const std::string path : {"/healthz", "/v1/nothing", "/v1/me", "/%00"}) {
    CAPTURE(path);
    auto reply = node.request(verb::get, path, {}, {}, "https://app.example");
    CHECK(header(*reply, "Access-Control-Allow-Origin")
          == "https://app.example");
  }
}

TEST_CASE("a preflight needs no token and tells the path's methods") {
  fake_node node;
  auto reply =
      node.request(verb::options, "/v1/me", {}, {}, "http://localhost:8080");
  CHECK(reply->status == 204);
  CHECK(header(*reply, "Access-Control-Allow-Methods")
        == "GET, HEAD, PATCH, OPTIONS");
  CHECK(node.request(verb::options, "/v1/nothing")->status == 404);
  CHECK(node.play.asked.empty());
}

TEST_CASE("a node says whether it lives and whether it is ready") {
  fake_node node;
  CHECK(node.request(verb::get, "/healthz")->status == 200);
  CHECK(node.request(verb::get, "/readyz")->status == 200);
  node.services().ready = false;
  CHECK(node.request(verb::get, "/healthz")->status == 200);
  CHECK(node.request(verb::get, "/readyz")->status == 503);
  node.services().ready = true;
  node.services().draining = true;
  CHECK(node.request(verb::get, "/readyz")->status == 503);
}

TEST_CASE("one node discovers itself") {
  auto settings = fake_node::cheap_settings();
  settings.node.id = "n7";
  settings.http.public_url = "https://chat.example";
  fake_node node{settings};
  auto reply = node.request(verb::get, "/v1/discover?user=a&region=eu");
  auto nodes = boost::json::parse(reply->body).at("nodes").as_array();
  REQUIRE(nodes.size() == 1);
  CHECK(nodes[0].at("id") == "n7");
  CHECK(nodes[0].at("url") == "https://chat.example");
  CHECK(nodes[0].at("region") == "local");
  CHECK(nodes[0].at("load").is_double());
}

TEST_CASE("the metrics are text for Prometheus") {
  fake_node node;
  auto reply = node.request(verb::get, "/metrics");
  CHECK(reply->type.starts_with("text/plain; version=0.0.4"));
  CHECK(reply->body.find("parley_requests_http_total") != std::string::npos);
}

TEST_CASE("a WebSocket's path without an upgrade says what it expects") {
  fake_node node;
  auto reply = node.request(verb::get, "/v1/ws");
  CHECK(reply->status == 426);
  CHECK(header(*reply, "Upgrade") == "websocket");
}
