#include "parley/model/token_bucket.hpp"

#include <doctest/doctest.h>

#include <cstdint>

using parley::timestamp;
using parley::model::token_bucket;

namespace {

constexpr timestamp start = 1'700'000'000'000;

uint32_t taken_at(token_bucket& from, timestamp now) {
  uint32_t count = 0;
  while (count < 1'000'000 && from.take(now) == 0)
    ++count;
  return count;
}

} // namespace

TEST_CASE("a burst passes at once and no more than it") {
  token_bucket bucket{10, 25};
  CHECK(taken_at(bucket, start) == 25);
  CHECK(taken_at(bucket, start) == 0);
}

TEST_CASE("tokens come back at the rate and never beyond the burst") {
  token_bucket bucket{10, 25};
  taken_at(bucket, start);
  CHECK(taken_at(bucket, start + 99) == 0);
  CHECK(taken_at(bucket, start + 100) == 1);
  CHECK(taken_at(bucket, start + 1100) == 10);
  CHECK(taken_at(bucket, start + 1'000'000) == 25);
  CHECK(taken_at(bucket, start + 10'000'000'000) == 25);
}

TEST_CASE("a refusal says exactly when the next token is there") {
  for (auto rate : {1u, 3u, 7u, 100u, 999u, 1000u}) {
    CAPTURE(rate);
    token_bucket bucket{rate, 1};
    auto now = start;
    REQUIRE(bucket.take(now) == 0);
    const auto wait = bucket.take(now);
    REQUIRE(wait > 0);
    CHECK(wait == (1000 + rate - 1) / rate);
    if (wait > 1)
      CHECK(bucket.take(now + wait - 1) == 1);
    CHECK(bucket.take(now + wait) == 0);
  }
}

TEST_CASE("over a long time the rate is kept, however it is asked for") {
  token_bucket bucket{3, 2};
  taken_at(bucket, start);
  uint32_t count = 0;
  for (timestamp now = start; now <= start + 100'000; now += 1)
    if (bucket.take(now) == 0)
      ++count;
  CHECK(count == 300);
}

TEST_CASE("a rate of nothing is no limit") {
  token_bucket bucket{0, 1};
  for (int i = 0; i < 10'000; ++i)
    REQUIRE(bucket.take(start) == 0);
}

TEST_CASE("a burst of nothing still lets one through") {
  token_bucket bucket{10, 0};
  CHECK(taken_at(bucket, start) == 1);
  CHECK(taken_at(bucket, start + 100) == 1);
}

TEST_CASE("a clock that goes back gives nothing away and locks nobody out") {
  token_bucket bucket{10, 25};
  taken_at(bucket, start);
  const auto earlier = start - 3'600'000;
  CHECK(bucket.take(earlier) == 100);
  CHECK(taken_at(bucket, earlier + 1000) == 10);
}
