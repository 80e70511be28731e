#include "config/duration.hpp"

#include <doctest/doctest.h>

using namespace parley::config;
using namespace std::chrono_literals;
using std::chrono::days;

TEST_CASE("a duration is an integer and its unit") {
  CHECK(parse_duration("0ms") == 0ms);
  CHECK(parse_duration("1500ms") == 1500ms);
  CHECK(parse_duration("25s") == 25s);
  CHECK(parse_duration("15m") == 15min);
  CHECK(parse_duration("48h") == 48h);
  CHECK(parse_duration("60d") == days{60});
  CHECK(parse_duration("007s") == 7s);
}

TEST_CASE("anything else is no duration") {
  for (auto text : {"", "s", "1", "1 s", " 1s", "1s ", "-1s", "+1s", "1.5s",
                    "1e3s", "0x1s", "1S", "1sec", "1us", "1m30s", "ms1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("a duration that would overflow a clock is refused") {
  CHECK(parse_duration("106751d") == days{106'751});
  CHECK_FALSE(parse_duration("106752d"));
  CHECK_FALSE(parse_duration("9223372036855ms"));
  CHECK_FALSE(parse_duration("18446744073709551615d"));
  CHECK_FALSE(parse_duration("18446744073709551616ms"));
}

TEST_CASE("a duration is shown in the largest unit that divides it") {
  CHECK(format_duration(0ms) == "0s");
  CHECK(format_duration(10ms) == "10ms");
  CHECK(format_duration(1500ms) == "1500ms");
  CHECK(format_duration(90s) == "90s");
  CHECK(format_duration(3600s) == "1h");
  CHECK(format_duration(days{30}) == "30d");
}
