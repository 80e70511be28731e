#include "parley/base/limits.hpp"
#include "parley/model/window.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <utility>

using namespace parley;
using model::window;

namespace {

/// The law of the window in the plainest words.
struct naive_window {
  std::deque<std::pair<uint64_t, size_t>> open;
  uint64_t acked = 0;

  size_t bytes() const {
    size_t sum = 0;
    for (const auto& [useq, size] : open)
      sum += size;
    return sum;
  }

  bool admits(size_t size) const {
    return open.empty()
           || (open.size() + 1 <= limits::window_events
               && bytes() + size <= limits::window_bytes);
  }

  void received(uint64_t useq) {
    while (!open.empty() && open.front().first <= useq) {
      acked = open.front().first;
      open.pop_front();
    }
  }
};

} // namespace

TEST_CASE("256 events beyond the last recv pass, and then none (I8)") {
  window w;
  for (uint64_t useq = 1; useq <= limits::window_events; ++useq) {
    REQUIRE(w.admits(1));
    REQUIRE_FALSE(w.full());
    w.sent(useq, 1);
  }
  CHECK(w.full());
  CHECK(w.events_left() == 0);
  CHECK_FALSE(w.admits(0));
  CHECK(w.received(1) == 1);
  CHECK_FALSE(w.full());
  CHECK(w.admits(1));
  CHECK(w.events_left() == 1);
}

TEST_CASE("2 MiB beyond the last recv pass, and then nothing (I8)") {
  constexpr auto half = limits::window_bytes / 2;
  window w;
  w.sent(1, half);
  CHECK(w.admits(half));
  CHECK_FALSE(w.admits(half + 1));
  w.sent(2, half);
  CHECK(w.full());
  CHECK(w.bytes_left() == 0);
  CHECK_FALSE(w.admits(1));
  w.received(1);
  CHECK(w.bytes_left() == half);
  CHECK(w.admits(half));
}

TEST_CASE("one event always passes, however large") {
  window w;
  CHECK(w.admits(10 * limits::window_bytes));
  w.sent(1, 10 * limits::window_bytes);
  CHECK(w.full());
  CHECK(w.bytes_left() == 0);
  CHECK_FALSE(w.admits(1));
  w.received(1);
  CHECK(w.idle());
  CHECK(w.admits(10 * limits::window_bytes));
}

TEST_CASE("a recv is clamped to what was sent") {
  window w;
  CHECK(w.received(1000) == 0);
  w.sent(5, 10);
  w.sent(9, 10);
  CHECK(w.received(4) == 0);
  CHECK(w.received(7) == 5);
  CHECK(w.received(1'000'000) == 9);
  CHECK(w.idle());
  CHECK(w.acked() == 9);
}

TEST_CASE("a recv never moves back") {
  window w;
  for (uint64_t useq = 1; useq <= 10; ++useq)
    w.sent(useq, 1);
  CHECK(w.received(8) == 8);
  CHECK(w.received(3) == 8);
  CHECK(w.received(0) == 8);
  CHECK(w.count() == 2);
}

TEST_CASE("the window keeps its law through any traffic") {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    auto pick = [&random](uint64_t below) {
      return std::uniform_int_distribution<uint64_t>{0, below - 1}(random);
    };
    window w;
    naive_window law;
    uint64_t useq = 0;
    for (int step = 0; step < 2000; ++step) {
      const auto bytes = pick(10) == 0 ? pick(3 << 20) : pick(20'000);
      REQUIRE(w.admits(bytes) == law.admits(bytes));
      if (pick(100) > 0 && w.admits(bytes)) {
        useq += 1 + pick(3);
        w.sent(useq, bytes);
        law.open.emplace_back(useq, bytes);
      } else {
        const auto upto = useq > 300 ? useq - pick(300) : pick(useq + 2);
        law.received(upto);
        REQUIRE(w.received(upto) == law.acked);
      }
      REQUIRE(w.count() == law.open.size());
      REQUIRE(w.idle() == law.open.empty());
      REQUIRE(w.acked() == law.acked);
      const auto used = std::min(law.bytes(), limits::window_bytes);
      REQUIRE(w.bytes_left() == limits::window_bytes - used);
      REQUIRE(w.full()
              == (law.open.size() >= limits::window_events
                  || law.bytes() >= limits::window_bytes));
    }
  }
}
