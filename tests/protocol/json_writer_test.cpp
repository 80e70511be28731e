#include "parley/protocol/json_writer.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>

using namespace parley::protocol;

namespace {

std::string string_of(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

} // namespace

TEST_CASE("commas stand between members and elements and nowhere else") {
  std::string out;
  json_writer json{out};
  json.open_object()
      .member("a", 1)
      .member("b", "x")
      .key("c")
      .open_array()
      .value(1)
      .value("y")
      .open_object()
      .close_object()
      .open_array()
      .close_array()
      .value(true)
      .raw("null")
      .close_array()
      .member("d", false)
      .key("e")
      .raw("[1,2]")
      .key("f")
      .open_object()
      .member("g", std::string{"z"})
      .close_object()
      .close_object();
  CHECK(out
        == R"({"a":1,"b":"x","c":[1,"y",{},[],true,null],"d":false,)"
           R"("e":[1,2],"f":{"g":"z"}})");
}

TEST_CASE("strings that look like structure do not confuse the commas") {
  for (auto text : {"", "{", "[", ",", ":", "\"", "\\"}) {
    CAPTURE(text);
    std::string out;
    json_writer json{out};
    json.open_array().value(text).value(text).close_array();
    auto parsed = boost::json::parse(out).as_array();
    REQUIRE(parsed.size() == 2);
    CHECK(parsed[1].as_string() == text);
  }
}

TEST_CASE("integers of every width are written whole") {
  std::string out;
  json_writer json{out};
  json.open_array()
      .value(std::numeric_limits<int64_t>::min())
      .value(std::numeric_limits<int64_t>::max())
      .value(std::numeric_limits<uint64_t>::max())
      .value(uint8_t{255})
      .value(int16_t{-1})
      .value(0)
      .close_array();
  CHECK(out
        == "[-9223372036854775808,9223372036854775807,"
           "18446744073709551615,255,-1,0]");
}

TEST_CASE("what JSON needs escaped is, and nothing else") {
  CHECK(string_of("") == R"("")");
  CHECK(string_of("plain text") == R"("plain text")");
  CHECK(string_of("a\"b\\c/d") == R"("a\"b\\c/d")");
  CHECK(string_of("\n\r\t\b\f") == R"("\n\r\t\u0008\u000c")");
  CHECK(string_of(std::string("\0\x1f\x7f", 3)) == "\"\\u0000\\u001f\x7f\"");
  CHECK(string_of("\xe6\xbc\xa2\xf0\x9f\x98\x80\xe2\x80\xa8")
        == "\"\xe6\xbc\xa2\xf0\x9f\x98\x80\xe2\x80\xa8\"");
}

TEST_CASE("every character reads back from every place in a string") {
  for (int c = 0; c < 128; ++c)
    for (size_t before = 0; before < 18; ++before) {
      auto text = std::string(before, 'x') + static_cast<char>(c) + "\xc3\xa9"
                  + std::string(17 - before, 'y');
      CAPTURE(text);
      auto read = boost::json::parse(string_of(text));
      REQUIRE(std::string_view{read.as_string()} == text);
    }
}
