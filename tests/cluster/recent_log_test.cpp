#include "cluster/recent_log.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace parley;
using namespace parley::cluster;

namespace {

recent_log of(uint64_t base, uint64_t count, size_t bytes = 100) {
  recent_log log{base};
  for (auto index = base + 1; index <= base + count; ++index)
    log.push({1, 0, 1, index, shared_bytes{std::string(bytes, 'x')}});
  return log;
}

} // namespace

TEST_CASE("entries are found by their index, however the log was shortened") {
  auto log = of(10, 20);
  CHECK(log.end() == 30);
  CHECK(log.at(11).index == 11);
  log.truncate(25);
  log.shrink(20, 1'000);
  CHECK(log.end() == 25);
  CHECK_FALSE(log.holds(15));
  CHECK(log.holds(16));
  CHECK(log.at(16).index == 16);
  CHECK_FALSE(log.holds(26));
}

TEST_CASE("what is not applied is not let go") {
  auto log = of(0, 20);
  log.shrink(3, 0);
  CHECK(log.holds(4));
  CHECK_FALSE(log.holds(3));
}

TEST_CASE("a copy has at least one entry, and no more bytes than asked for") {
  auto log = of(0, 20);
  CHECK(log.copy(3, 20, 1).size() == 1);
  CHECK(log.copy(3, 20, 350).size() == 3);
  CHECK(log.copy(3, 5, 10'000).size() == 3);
  CHECK(log.copy(19, 40, 10'000).size() == 2);
}

TEST_CASE(
    "a log is trimmed by its entries or bytes, never past what is applied") {
  auto log = of(0, 20);
  CHECK(log.to_trim(20, 10, 10'000) == 0);
  CHECK(log.to_trim(20, 9, 10'000) == 11);
  CHECK(log.to_trim(5, 9, 10'000) == 5);
  CHECK(log.to_trim(20, 100, 500) == 15);
  log.trim(15);
  CHECK(log.end() == 20);
  CHECK_FALSE(log.holds(15));
  CHECK(log.at(16).index == 16);
  CHECK(log.to_trim(20, 100, 500) == 0);
}

TEST_CASE("entries on the disk alone count for trimming") {
  recent_log log{7};
  for (int i = 0; i < 3; ++i)
    log.push_stored(1'000);
  CHECK(log.end() == 10);
  CHECK_FALSE(log.holds(10));
  log.push({1, 0, 1, 11, shared_bytes{"x"}});
  CHECK(log.holds(11));
  CHECK(log.to_trim(11, 1, 10'000) == 10);
  log.truncate(9);
  CHECK(log.end() == 9);
  log.push({1, 0, 2, 10, shared_bytes{"y"}});
  CHECK(log.at(10).epoch == 2);
}
