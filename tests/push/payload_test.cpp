#include "push/payload.hpp"

#include "parley/protocol/json_writer.hpp"
#include "parley/protocol/text.hpp"

#include <doctest/doctest.h>

using namespace parley;
using namespace parley::push;

TEST_CASE("text is cut between code points, and by its length as JSON") {
  CHECK(fitting("hello", 7) == "hello");
  CHECK(fitting("hello", 6) == "hell");
  CHECK(fitting("hello", 2) == "");
  CHECK(fitting("hello", 0) == "");
  CHECK(fitting("a\"b", 6) == "a\"b");
  CHECK(fitting("a\"b", 5) == "a\"");
  CHECK(fitting("\xc3\xa4\xc3\xa4", 5) == "\xc3\xa4");
  CHECK(fitting("\xf0\x9f\x98\x80", 5) == "");
}

TEST_CASE("whatever the text is, what is left fits and more would not") {
  auto quoted = [](std::string_view text) {
    std::string json;
    protocol::append_json_string(json, text);
    return json.size();
  };
  std::string units[] = {"x", "\"", "\x01", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
  for (const auto& unit : units)
    for (size_t room = 2; room < 300; ++room) {
      std::string text;
      while (text.size() < 400)
        text += unit;
      auto left = fitting(text, room);
      CHECK(protocol::valid_utf8(left));
      CHECK(quoted(left) <= room);
      CHECK(quoted(text.substr(0, left.size() + unit.size())) > room);
    }
}

TEST_CASE("a body is cut so that the whole payload fits") {
  auto make = [](std::string_view body) {
    std::string text = "{";
    if (!body.empty()) {
      text += "\"body\":";
      protocol::append_json_string(text, body);
    }
    return text + "}";
  };
  CHECK(fitted("hello", 16, make) == R"({"body":"hello"})");
  CHECK(fitted("hello", 15, make) == R"({"body":"hell"})");
  CHECK(fitted("hello", 3, make) == "{}");
  CHECK(fitted("", 100, make) == "{}");
}
