#include "parley/model/quiet_hours.hpp"

#include <doctest/doctest.h>

using parley::timestamp;
using parley::history::quiet_record;
using parley::model::is_quiet;

namespace {

/// A time of some day in UTC.
timestamp at(int64_t hours, int64_t minutes) {
  constexpr timestamp day_ms = 86'400'000;
  return 20'000 * day_ms + (hours * 60 + minutes) * 60'000;
}

constexpr uint32_t clock(uint32_t hours, uint32_t minutes = 0) {
  return hours * 60 + minutes;
}

} // namespace

TEST_CASE("quiet hours begin with their first minute and end before their "
          "last") {
  quiet_record noon{clock(12), clock(13, 30), 0};
  CHECK_FALSE(is_quiet(noon, at(11, 59)));
  CHECK(is_quiet(noon, at(12, 0)));
  CHECK(is_quiet(noon, at(13, 29)));
  CHECK_FALSE(is_quiet(noon, at(13, 30)));
}

TEST_CASE("quiet hours may go over midnight") {
  quiet_record night{clock(22), clock(7), 0};
  CHECK(is_quiet(night, at(23, 0)));
  CHECK(is_quiet(night, at(0, 0)));
  CHECK(is_quiet(night, at(6, 59)));
  CHECK_FALSE(is_quiet(night, at(7, 0)));
  CHECK_FALSE(is_quiet(night, at(21, 59)));
}

TEST_CASE("quiet hours are those of the user's day") {
  quiet_record east{clock(22), clock(7), 840};
  CHECK(is_quiet(east, at(8, 0))); // 22:00 there.
  CHECK_FALSE(is_quiet(east, at(7, 59)));
  quiet_record west{clock(22), clock(7), -840};
  CHECK(is_quiet(west, at(12, 0))); // 22:00 of the day before.
  CHECK_FALSE(is_quiet(west, at(11, 59)));
}

TEST_CASE("hours that end when they begin are none") {
  for (int hour = 0; hour < 24; ++hour)
    CHECK_FALSE(is_quiet({clock(8), clock(8), 0}, at(hour, 0)));
}
