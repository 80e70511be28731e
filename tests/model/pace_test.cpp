#include "parley/model/pace.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

using parley::model::pace;
using parley::model::waiting_room;

namespace {

/// How much of an endless demand a second takes, asked every `step` ms.
size_t taken_in_second(pace& from, int64_t second, int64_t step) {
  size_t count = 0;
  for (auto now = second * 1000; now < (second + 1) * 1000; now += step)
    count += from.take(now, 1'000'000);
  return count;
}

} // namespace

TEST_CASE("whatever is asked for, a second takes the rate") {
  for (uint32_t rate : {1u, 3u, 10u, 17u, 200u, 1999u, 10'000'000u}) {
    CAPTURE(rate);
    pace x{rate};
    for (int64_t second = 5; second < 8; ++second)
      CHECK(taken_in_second(x, second, 10) == rate);
  }
}

TEST_CASE("a calm leaves nothing for later, and a burst is spread evenly") {
  pace x{200};
  CHECK(x.take(100'000, 1'000) == 20);
  CHECK(x.take(100'099, 1'000) == 0);
  CHECK(pace::next(100'099) == 100'100);
  CHECK(x.take(100'100, 1'000) == 20);
}

TEST_CASE("what was not taken of a slot is there until its end") {
  pace x{200};
  CHECK(x.take(0, 5) == 5);
  CHECK(x.take(50, 5) == 5);
  CHECK(x.take(99, 50) == 10);
}

TEST_CASE("a thread whose clock is behind takes from the slot of the others") {
  pace x{200};
  CHECK(x.take(500, 15) == 15);
  CHECK(x.take(450, 15) == 5);
  CHECK(x.take(500, 15) == 0);
}

TEST_CASE("many threads together take no more than the rate") {
  pace x{1000};
  std::vector<size_t> taken(4);
  {
    std::vector<std::jthread> all;
    for (auto& count : taken)
      all.emplace_back([&x, &count] {
        for (int64_t now = 7000; now < 8000; ++now)
          count += x.take(now, 3);
      });
  }
  size_t sum = 0;
  for (auto count : taken)
    sum += count;
  CHECK(sum <= 1000);
}

TEST_CASE("a waiting room that is full lets nobody in until somebody leaves "
          "(I8)") {
  waiting_room x{2};
  CHECK(x.enter());
  CHECK(x.enter());
  CHECK_FALSE(x.enter());
  CHECK(x.taken() == 2);
  x.leave(1);
  CHECK(x.enter());
}
