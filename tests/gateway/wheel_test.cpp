#include "gateway/wheel.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <vector>

using parley::gateway::wheel;

namespace {

struct bell : wheel::entry {
  int number = 0;
};

/// The numbers of those that become due while the wheel turns to `to`.
std::vector<int> due(wheel& x, wheel::tick to) {
  std::vector<int> numbers;
  x.advance(to, [&](wheel::entry& who) {
    numbers.push_back(static_cast<bell&>(who).number);
  });
  return numbers;
}

} // namespace

TEST_CASE("a deadline passes at its tick, not before and only once") {
  wheel x;
  bell a;
  a.number = 1;
  x.schedule(a, 5);
  CHECK(due(x, 4).empty());
  CHECK(a.scheduled());
  CHECK(due(x, 5) == std::vector{1});
  CHECK_FALSE(a.scheduled());
  CHECK(due(x, 2000).empty());
}

TEST_CASE("a deadline beyond one turn of the wheel waits for its round") {
  wheel x;
  bell a;
  x.schedule(a, 1000);
  CHECK(due(x, 999).empty());
  CHECK(due(x, 1000).size() == 1);
}

TEST_CASE("a deadline in the past is due with the next tick") {
  wheel x;
  bell a;
  due(x, 100);
  x.schedule(a, 7);
  CHECK(due(x, 100).empty());
  CHECK(due(x, 101).size() == 1);
}

TEST_CASE("a deadline that is moved passes at its new tick only") {
  wheel x;
  bell a;
  x.schedule(a, 10);
  x.schedule(a, 20);
  CHECK(due(x, 19).empty());
  CHECK(due(x, 20).size() == 1);
  x.schedule(a, 50);
  x.schedule(a, 30);
  CHECK(due(x, 30).size() == 1);
  CHECK(due(x, 60).empty());
}

TEST_CASE("an entry leaves the wheel when it is removed or destroyed") {
  wheel x;
  bell removed;
  x.schedule(removed, 3);
  {
    bell destroyed;
    x.schedule(destroyed, 3);
  }
  wheel::remove(removed);
  CHECK(due(x, 10).empty());
}

TEST_CASE("a callback may move, remove and destroy entries that are due too") {
  wheel x;
  bell first;
  bell moved;
  bell removed;
  auto destroyed = std::make_unique<bell>();
  for (auto* who : {&first, &moved, &removed, destroyed.get()})
    x.schedule(*who, 4);
  int calls = 0;
  x.advance(4, [&](wheel::entry& who) {
    ++calls;
    if (&who != &first)
      return;
    x.schedule(moved, 9);
    wheel::remove(removed);
    destroyed.reset();
  });
  CHECK(calls == 1);
  CHECK(due(x, 9).size() == 1);
}

TEST_CASE("every entry is visited once") {
  wheel x;
  std::vector<bell> all(500);
  for (size_t i = 0; i < all.size(); ++i)
    x.schedule(all[i], 1 + i * 3);
  std::map<const wheel::entry*, int> visits;
  x.for_each([&](wheel::entry& who) { ++visits[&who]; });
  CHECK(visits.size() == all.size());
  for (const auto& [who, times] : visits)
    CHECK(times == 1);
}

TEST_CASE("random deadlines pass in the order of their ticks") {
  for (unsigned seed = 0; seed < 50; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    wheel x;
    std::vector<bell> all(200);
    std::map<int, wheel::tick> due_at;
    for (size_t i = 0; i < all.size(); ++i) {
      all[i].number = static_cast<int>(i);
      due_at[all[i].number] = 1 + random() % 1500;
      x.schedule(all[i], due_at[all[i].number]);
    }
    size_t passed = 0;
    for (wheel::tick now = 1; now <= 1501; now += 1 + random() % 7) {
      auto before = x.now();
      for (int number : due(x, now)) {
        ++passed;
        CHECK(due_at[number] > before);
        CHECK(due_at[number] <= now);
      }
    }
    passed += due(x, 1600).size();
    CHECK(passed == all.size());
  }
}
