#include "cluster/leading_times.hpp"
#include "support/doctest.hpp"

namespace parley::test {
namespace {

std::string line(const std::string& time, int partition, int place) {
  return "2026-02-28T" + time
         + "Z info partition.leadership partition=" + std::to_string(partition)
         + " epoch=7 place=" + std::to_string(place) + "\n";
}

} // namespace

TEST_CASE("a partition has no leader from one's end to the next one's "
          "beginning") {
  const auto times = read_leading_times(
      {line("23:59:58.000", 1, 1) + line("23:59:59.900", 1, 0)
           + line("23:59:59.950", 1, 2),
       "parley: ready\n" + line("23:59:59.990", 1, 1)
           + line("23:59:59.995", 1, 2),
       line("23:59:59.990", 1, 2) + line("23:59:59.994", 1, 1)});
  REQUIRE(times.size() == 1);
  // The third began before the second knew that it leads no longer.
  CHECK(times.at(1) == std::vector{milliseconds{90}, milliseconds{0}});
}

TEST_CASE("another epoch of the same leader is no change") {
  const auto times = read_leading_times(
      {line("10:00:00.000", 3, 1) + line("10:00:01.000", 3, 1)});
  CHECK(times.at(3).empty());
  CHECK(summary_of(times) == "no leader changed");
}

TEST_CASE("who died led until it logged for the last time") {
  const auto times = read_leading_times(
      {line("10:00:00.000", 2, 1) + line("10:00:05.000", 9, 2),
       line("10:00:07.500", 2, 1)});
  CHECK(times.at(2) == std::vector{milliseconds{2500}});
}

TEST_CASE("the times are summed up") {
  times_without_leader all;
  for (int i = 1; i <= 100; ++i)
    all[static_cast<uint16_t>(i % 4)].push_back(milliseconds{i});
  CHECK(summary_of(all)
        == "100 changes of leader, ms without one: median 51, 90 % 91, "
           "longest 100");
  CHECK(to_string({{4, {milliseconds{3}, milliseconds{1}}}, {5, {}}})
        == "partition 4: 3 1\npartition 5:\n");
}

} // namespace parley::test
