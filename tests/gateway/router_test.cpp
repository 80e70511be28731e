#include "gateway/router.hpp"
#include "gateway/routes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

using namespace parley::gateway;

namespace {

match find(verb method, std::vector<std::string> segments) {
  return find_route(routes(), method, segments);
}

} // namespace

TEST_CASE("a path and a method lead to their route with its parameters") {
  auto found = find(verb::put, {"v1", "groups", "g:1", "members", "bob"});
  REQUIRE(found.to);
  CHECK((found.to->run == put_member));
  REQUIRE(found.params.size() == 2);
  CHECK(found.params[0].first == "conv");
  CHECK(found.params[0].second == "g:1");
  CHECK(found.params[1].first == "user");
  CHECK(found.params[1].second == "bob");
}

TEST_CASE("HEAD leads where GET does") {
  CHECK(find(verb::head, {"healthz"}).to == find(verb::get, {"healthz"}).to);
  CHECK(find(verb::head, {"v1", "login"}).to == nullptr);
}

TEST_CASE("a path with another method tells which there are") {
  auto found = find(verb::del, {"v1", "me"});
  CHECK(found.to == nullptr);
  CHECK(found.allow == "GET, HEAD, PATCH");
}

TEST_CASE("a path that is longer or shorter than its pattern is unknown") {
  for (const auto& segments : std::vector<std::vector<std::string>>{
           {},
           {"v1"},
           {"v1", "me", "x"},
           {"v1", "conversations", "c", "messages", "1"},
           {"v1", "push"},
           {"V1", "me"}}) {
    CAPTURE(segments.size());
    auto found = find(verb::get, segments);
    CHECK(found.to == nullptr);
    CHECK(found.allow.empty());
  }
}

TEST_CASE("no two routes answer the same path and method") {
  std::set<std::pair<verb, std::string_view>> seen;
  for (const auto& x : routes())
    CHECK(seen.emplace(x.method, x.pattern).second);
}

TEST_CASE("only what must be open to strangers is") {
  std::set<std::string_view> open;
  for (const auto& x : routes())
    if (x.who == route::access::anyone)
      open.insert(x.pattern);
  CHECK(open
        == std::set<std::string_view>{
            "/v1/register", "/v1/login", "/v1/token/refresh", "/v1/logout",
            "/v1/discover", "/v1/ws", "/healthz", "/readyz", "/metrics"});
}

TEST_CASE("a bearer token is taken from its scheme in any case") {
  CHECK(bearer_token("Bearer abc") == "abc");
  CHECK(bearer_token("bearer a.b.c") == "a.b.c");
  CHECK(bearer_token("Basic abc").empty());
  CHECK(bearer_token("Bearer").empty());
  CHECK(bearer_token("Bearer ").empty());
  CHECK(bearer_token("").empty());
}
