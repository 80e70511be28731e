#include "e2e/shared_node.hpp"
#include "support/doctest.hpp"
#include "support/tcp_client.hpp"

#include <regex>
#include <sstream>

// What a node says of itself, its web client, and who may ask from where.

namespace parley::test {
namespace {

http_response ask_from(const server_process& on, const std::string& origin,
                       http_request request = {.target = "/healthz"}) {
  request.headers.emplace_back("Origin", origin);
  return fetch(on.where(), request);
}

std::string status_line_of(const std::string& raw_target) {
  tcp_client client(node().where());
  client.write("GET " + raw_target
               + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  return client.read_to_end();
}

TEST_CASE("healthz and readyz say that the node lives and is ready") {
  CHECK(get(node(), "/healthz").status == 200);
  CHECK(get(node(), "/readyz").status == 200);
}

TEST_CASE("metrics are Prometheus text") {
  const auto answer = get(node(), "/metrics");
  CHECK(answer.status == 200);
  CHECK(answer.header("content-type").starts_with("text/plain"));
  const std::regex sample(
      R"(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[^}]*\})? (-?[0-9.eE+-]+|[+-]Inf|NaN))");
  std::istringstream lines(answer.body);
  int samples = 0;
  for (std::string line; std::getline(lines, line);)
    if (!line.empty() && line[0] != '#') {
      CAPTURE(line);
      CHECK(std::regex_match(line, sample));
      ++samples;
    }
  CHECK(samples > 0);
  CHECK(answer.body.find("parley_") != std::string::npos);
}

TEST_CASE("discover answers with the node itself") {
  server_process far(overrides{{"node.id", "berlin-1"},
                               {"node.region", "eu"},
                               {"http.public_url", "https://chat.example"}});
  const auto alice = register_account(far, "alice");
  for (const auto& query :
       {std::string(), "?user=" + alice.user(), std::string("?region=us")}) {
    CAPTURE(query);
    const auto nodes =
        objects_of(alice.get("/v1/discover" + query).object(), "nodes");
    REQUIRE(nodes.size() == 1);
    CHECK(includes(nodes[0], {{"id", "berlin-1"},
                              {"url", "https://chat.example"},
                              {"region", "eu"}}));
    CHECK(field(nodes[0], "load").is_number());
  }
}

TEST_CASE("the web client is at the root") {
  const auto answer = get(node(), "/");
  CHECK(answer.status == 200);
  CHECK(answer.header("content-type").starts_with("text/html"));
}

TEST_CASE("HEAD is answered like GET, without the body") {
  http_request request{.method = "HEAD", .target = "/"};
  const auto answer = fetch(node().where(), request);
  CHECK(answer.status == 200);
  CHECK(answer.body.empty());
}

TEST_CASE("no path leads out of the static files") {
  for (const auto* target :
       {"/../../../../etc/passwd", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2f..%2fetc%2fpasswd", "//etc/passwd",
        "/....//....//etc/passwd", "/%252e%252e/etc/passwd",
        "/..\\..\\etc\\passwd", "/./../token.key", "/token.key%00.html", "/%00",
        "/%", "/%zz", "/\xFF\xFE", "file:///etc/passwd", "*"}) {
    CAPTURE(target);
    const auto answer = status_line_of(target);
    CHECK((answer.starts_with("HTTP/1.1 4")));
    CHECK(answer.find("root:") == std::string::npos);
  }
  CHECK(get(node(), "/healthz").status == 200);
}

TEST_CASE("configured origins may ask, others may not, none is no browser") {
  server_process open(overrides{
      {"http.allowed_origins", toml_value::list({"https://app.example"})}});
  const auto allowed = ask_from(open, "https://app.example");
  CHECK(allowed.status == 200);
  CHECK(allowed.header("access-control-allow-origin") == "https://app.example");
  CHECK(ask_from(open, "https://evil.example")
            .header("access-control-allow-origin")
            .empty());
  CHECK(get(open, "/healthz").status == 200);
}

TEST_CASE("a preflight of an allowed origin says which methods and headers "
          "may come") {
  server_process open(overrides{
      {"http.allowed_origins", toml_value::list({"https://app.example"})}});
  http_request preflight{.method = "OPTIONS", .target = "/v1/me"};
  preflight.headers = {{"Access-Control-Request-Method", "PATCH"},
                       {"Access-Control-Request-Headers", "authorization"}};
  const auto allowed = ask_from(open, "https://app.example", preflight);
  CHECK(succeeded(allowed));
  CHECK(allowed.header("access-control-allow-origin") == "https://app.example");
  CHECK(allowed.header("access-control-allow-methods").find("PATCH")
        != std::string::npos);
  CHECK(allowed.header("access-control-allow-headers") != "");
  CHECK(ask_from(open, "https://evil.example", preflight)
            .header("access-control-allow-origin")
            .empty());
}

TEST_CASE("a foreign origin cannot act for the user") {
  const auto user = fresh_name("victim");
  http_request request{.method = "POST", .target = "/v1/register"};
  request.body = json::serialize(
      json::object{{"user", user}, {"password", "the password"}});
  CHECK(ask_from(node(), "https://evil.example", request).status == 403);
  CHECK(log_in(node(), user, "the password").status == 401);
}

TEST_CASE("requests may follow one another on a connection, also unasked") {
  tcp_client client(node().where());
  const std::string request = "GET /healthz HTTP/1.1\r\nHost: x\r\n";
  client.write(request + "\r\n" + request + "Connection: close\r\n\r\n");
  const auto answers = client.read_to_end();
  const auto first = answers.find("HTTP/1.1 200");
  CHECK(first == 0);
  CHECK(answers.find("HTTP/1.1 200", 1) != std::string::npos);
}

} // namespace
} // namespace parley::test
