#include "parley/model/unheard.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

using parley::timestamp;
using parley::model::unheard;

namespace {

constexpr uint64_t all = UINT64_MAX; ///< Everything is durable.

unheard::event event(uint64_t useq, timestamp due) {
  return {useq, useq, due - 10, due};
}

std::vector<uint64_t> useqs(const std::vector<unheard::due_event>& of) {
  std::vector<uint64_t> result;
  for (const auto& x : of)
    result.push_back(x.what.useq);
  return result;
}

using numbers = std::vector<uint64_t>;

} // namespace

TEST_CASE("what is acknowledged in time is never due") {
  unheard x;
  x.note("a", event(1, 100));
  x.acknowledge(1);
  CHECK(x.empty());
  CHECK(x.take_due(1000, all, true).empty());
  CHECK(x.first() == 0);
  CHECK_FALSE(x.next_due().has_value());
}

TEST_CASE("what nobody acknowledges is due at its time, once") {
  unheard x;
  x.note("a", event(1, 100));
  CHECK(x.next_due() == 100);
  CHECK(x.take_due(99, all, false).empty());
  CHECK(useqs(x.take_due(100, all, false)) == numbers{1});
  CHECK(x.empty());
}

TEST_CASE("without a session everything is due that is durable") {
  unheard x;
  x.note("a", event(1, 100));
  x.note("b", event(2, 100));
  CHECK(useqs(x.take_due(0, 1, true)) == numbers{1});
  CHECK(useqs(x.take_due(0, 2, true)) == numbers{2});
}

TEST_CASE("of a conversation the newest that is due is taken, and a later one "
          "keeps its time") {
  unheard x;
  x.note("a", event(1, 100));
  x.note("a", event(2, 110));
  x.note("a", event(3, 120));
  CHECK(useqs(x.take_due(105, all, false)) == numbers{1});
  CHECK(x.first() == 3);
  CHECK(x.next_due() == 120);
  CHECK(useqs(x.take_due(120, all, false)) == numbers{3});
  x.note("a", event(4, 200));
  x.note("a", event(5, 210));
  CHECK(useqs(x.take_due(300, all, false)) == numbers{5});
}

TEST_CASE("an acknowledgement of the oldest leaves the newest") {
  unheard x;
  x.note("a", event(1, 100));
  x.note("a", event(2, 110));
  x.acknowledge(1);
  CHECK(x.first() == 2);
  CHECK(x.take_due(109, all, false).empty());
  CHECK(useqs(x.take_due(110, all, false)) == numbers{2});
}

TEST_CASE("in any order of things each event that is not acknowledged in time "
          "has one that stands for it, and none that was has") {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    unheard x;
    std::map<uint64_t, std::pair<std::string, timestamp>> open; ///< By useq.
    timestamp now = 0;
    uint64_t last = 0;
    for (int step = 0; step < 200; ++step) {
      now += random() % 5;
      auto dice = random() % 10;
      if (dice < 6) {
        const std::string conv(1, static_cast<char>('a' + random() % 3));
        open[++last] = {conv, now + 20};
        x.note(conv, {last, last, now, now + 20});
      } else if (dice < 8 && last > 0) {
        auto upto = last - random() % 4;
        x.acknowledge(upto);
        open.erase(open.begin(), open.upper_bound(upto));
      }
      for (const auto& [conv, what] : x.take_due(now, all, false)) {
        REQUIRE(open.count(what.useq) == 1);
        CHECK(open[what.useq].second <= now);
        std::erase_if(open, [&](const auto& o) {
          return o.second.first == conv && o.first <= what.useq;
        });
      }
    }
    x.take_due(now + 100, all, false);
    CHECK(x.empty());
  }
}
