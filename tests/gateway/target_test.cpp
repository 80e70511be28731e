#include "gateway/target.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace parley;
using gateway::parse_target;
using gateway::split_list;

namespace {

using strings = std::vector<std::string>;

std::string refusal(std::string_view text) {
  auto parsed = parse_target(text);
  return parsed ? "" : std::string{to_string(parsed.error().code)};
}

strings segments(std::string_view text) {
  auto parsed = parse_target(text);
  REQUIRE(parsed.has_value());
  return parsed->segments;
}

} // namespace

TEST_CASE("a path is read in decoded segments") {
  CHECK(segments("/").empty());
  CHECK(segments("/v1/me") == strings{"v1", "me"});
  CHECK(segments("/v1/conversations/dm:a:b")
        == strings{"v1", "conversations", "dm:a:b"});
  CHECK(segments("/v1/conversations/dm%3Aa%3ab")
        == strings{"v1", "conversations", "dm:a:b"});
  CHECK(segments("/a%20b/%C3%A9") == strings{"a b", "\xC3\xA9"});
  CHECK(segments("http://chat.example/v1/me?x=1") == strings{"v1", "me"});
}

TEST_CASE("a path that tries to climb names nothing") {
  for (const std::string path :
       {"/..", "/../etc/passwd", "/v1/../metrics", "/v1/%2e%2e/metrics",
        "/v1/%2E./x", "/./v1", "/v1/.", "//v1/me", "/v1//me", "/v1/me/",
        "/a%2fb", "/a%2F..%2Fb", "/a%5cb", "//etc/passwd"}) {
    CAPTURE(path);
    CHECK(refusal(path) == "not_found");
  }
}

TEST_CASE("a target that is ill-formed or hides bytes is refused") {
  for (const std::string path :
       {"",        "*",        "v1/me",      "/%",       "/%4",
        "/%zz",    "/%00",     "/a%0d%0ab",  "/a%7f",    "/%ff",
        "/%c0%af", "/a b",     "/a?x=%00",   "/a?x=%ff", "/a?x=%g1",
        "urn:a:b", "host:443", "/a?x=1&x=2", "/a\\b",    "/\xC3\xA9"}) {
    CAPTURE(path);
    CHECK(refusal(path) == "bad_request");
  }
}

TEST_CASE("a query gives text and numbers by name") {
  auto parsed = parse_target("/m?before=12&after=&limit=x&ids=a,b&name=a%26b");
  REQUIRE(parsed.has_value());
  CHECK(parsed->text("ids") == "a,b");
  CHECK(parsed->text("name") == "a&b");
  CHECK(parsed->text("after") == "");
  CHECK_FALSE(parsed->text("nothing").has_value());
  CHECK(parsed->number("before").value() == 12);
  CHECK_FALSE(parsed->number("nothing").value().has_value());
}

TEST_CASE("a number of the query is whole, positive and in range, or refused") {
  for (const std::string value :
       {"", "x", "1x", "-1", "+1", "1.5", "0x1", "18446744073709551616"}) {
    CAPTURE(value);
    auto parsed = parse_target("/m?n=" + value);
    REQUIRE(parsed.has_value());
    CHECK(parsed->number("n").error().code == errc::bad_request);
  }
  CHECK(parse_target("/m?n=18446744073709551615")->number("n").value()
        == UINT64_MAX);
}

TEST_CASE("a list keeps its order and drops repeats and empty elements") {
  CHECK(split_list("").empty());
  CHECK(split_list(",,").empty());
  CHECK(split_list("b,a,,b,c") == strings{"b", "a", "c"});
}
