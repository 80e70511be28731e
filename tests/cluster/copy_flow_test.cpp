#include "cluster/copy_flow.hpp"

#include <doctest/doctest.h>

using namespace parley::cluster;
using namespace std::chrono_literals;

namespace {

constexpr uint64_t part = 1'000;

/// A link with a clock of its own: each part comes some time after it was asked
/// for, one after the other, and timers are late.
struct one_copy {
  explicit one_copy(uint64_t bytes_per_s, uint64_t parts = 4)
      : flow({bytes_per_s, part, parts * part}) {}

  /// As many as may be asked for now. @returns how many that are.
  int ask() {
    auto count = 0;
    for (auto pause = flow.wait(now); pause && *pause == 0ns;
         pause = flow.wait(now), ++count)
      flow.asked(now);
    return count;
  }

  /// Runs for so long. @returns how many bytes were asked for.
  uint64_t run(copy_flow::time length, copy_flow::time late) {
    uint64_t bytes = 0;
    for (auto end = now + length; now < end;) {
      auto count = ask();
      bytes += static_cast<uint64_t>(count) * part;
      for (; count > 0; --count)
        flow.arrived(part);
      now += *flow.wait(now) + late;
    }
    return bytes;
  }

  copy_flow flow;
  copy_flow::time now = 1h;
};

} // namespace

TEST_CASE("a copy without a limit keeps its window full, and no fuller") {
  one_copy copy{0};
  CHECK(copy.ask() == 4);
  CHECK(copy.flow.wait(copy.now) == std::nullopt);
  copy.flow.arrived(part);
  copy.flow.arrived(part);
  CHECK(copy.ask() == 2);
  CHECK(copy.flow.wait(copy.now + 1h) == std::nullopt);
}

TEST_CASE("a window smaller than a part still lets one go") {
  copy_flow flow{{0, part, part / 2}};
  REQUIRE(flow.wait(1h) == 0ns);
  flow.asked(1h);
  CHECK(flow.wait(1h) == std::nullopt);
  flow.arrived(part);
  CHECK(flow.wait(1h) == 0ns);
}

TEST_CASE("a limit spreads the parts over time") {
  one_copy copy{10 * part};
  // What 100 ms are worth, at once, and the next one.
  CHECK(copy.ask() == 2);
  CHECK(copy.flow.wait(copy.now) == 100ms);
  copy.now += 99ms;
  CHECK(copy.ask() == 0);
  copy.now += 1ms;
  CHECK(copy.ask() == 1);
}

TEST_CASE("the rate is the limit, however late the timers are") {
  for (auto late : {0ms, 1ms, 7ms, 90ms}) {
    CAPTURE(late.count());
    one_copy copy{1'000 * part, 1'000};
    auto bytes = copy.run(100s, late);
    CHECK(bytes >= 99'900 * part);
    CHECK(bytes <= 100'200 * part);
  }
}

TEST_CASE("time in which nothing came is not made up for") {
  one_copy copy{1'000 * part, 1'000};
  copy.run(1s, 0ms);
  copy.now += 1h;
  CHECK(copy.ask() <= 101);
}

TEST_CASE("a part that is larger than asked for is paid for") {
  one_copy copy{10 * part};
  REQUIRE(copy.ask() == 2);
  copy.flow.arrived(21 * part);
  CHECK(copy.flow.wait(copy.now) == 2'100ms);
}
