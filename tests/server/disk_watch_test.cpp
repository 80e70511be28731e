#include "parley/server/disk_watch.hpp"

#include <doctest/doctest.h>

namespace parley::server {

namespace {

disk_space used(uint64_t percent) {
  return {percent * 1'000'000'000, (100 - percent) * 1'000'000'000};
}

} // namespace

TEST_CASE("I9: the disk's use is judged by the operator's thresholds") {
  config::storage_settings by;
  CHECK(judge(used(0), by) == disk_state::fine);
  CHECK(judge(used(84), by) == disk_state::fine);
  CHECK(judge(used(85), by) == disk_state::filling);
  CHECK(judge(used(89), by) == disk_state::filling);
  CHECK(judge(used(90), by) == disk_state::refusing);
  CHECK(judge(used(100), by) == disk_state::refusing);
}

TEST_CASE("thresholds of the same value refuse and never just warn") {
  config::storage_settings by;
  by.disk_warn_percent = by.disk_refuse_percent = 50;
  CHECK(judge(used(49), by) == disk_state::fine);
  CHECK(judge(used(50), by) == disk_state::refusing);
}

TEST_CASE("a disk of which nothing is known is not judged full") {
  CHECK(judge({}, {}) == disk_state::fine);
}

TEST_CASE("sizes near the end of the numbers do not overflow") {
  disk_space vast{UINT64_MAX / 100 * 91, UINT64_MAX / 100 * 9};
  CHECK(judge(vast, {}) == disk_state::refusing);
}

TEST_CASE(
    "I9: sends are refused while the disk is nearly full, then again not") {
  std::atomic<bool> refuses{false};
  disk_watch watch{{}, refuses};
  auto after = [&](uint64_t percent) {
    watch.look(used(percent));
    return refuses.load();
  };
  CHECK_FALSE(after(10));
  CHECK_FALSE(after(86));
  CHECK(after(90));
  CHECK(after(99));
  CHECK_FALSE(after(89));
  CHECK(after(95));
  CHECK_FALSE(after(10));
}

} // namespace parley::server
