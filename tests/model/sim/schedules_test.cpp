#include "model/sim/schedule.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

using namespace parley;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr uint64_t usual_count = 5'000;
#else
constexpr uint64_t usual_count = 100'000;
#endif

uint64_t number_of(const char* variable, uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// `PARLEY_SIM_SEED` is the first seed, `PARLEY_SIM_COUNT` says how many;
/// with `PARLEY_SIM_TRACE` a schedule tells what happens in it.
void live_through_many(sim::schedule like, uint64_t count) {
  const auto first = number_of("PARLEY_SIM_SEED", 1);
  count = number_of("PARLEY_SIM_COUNT", count);
  like.trace = std::getenv("PARLEY_SIM_TRACE") != nullptr;
  sim::verdict sum;
  for (auto seed = first; seed < first + count; ++seed) {
    like.seed = seed;
    const auto got = sim::live_through(like);
    sum.committed += got.committed;
    sum.elections += got.elections;
    sum.changes += got.changes;
    INFO("replay with PARLEY_SIM_SEED=", seed, " PARLEY_SIM_COUNT=1");
    REQUIRE(got.violation == "");
  }
  // Schedules in which nothing happens would prove nothing.
  if (count < 1000)
    return;
  CHECK(sum.committed > 20 * count);
  CHECK(sum.elections > count);
  if (like.changes_replicas)
    CHECK(sum.changes > count / 2);
}

} // namespace

TEST_CASE("I1, I2 and I6 hold in every schedule of three replicas") {
  live_through_many({}, usual_count);
}

TEST_CASE("I1, I2 and I6 hold while replicas come and go") {
  sim::schedule like;
  like.changes_replicas = true;
  like.steps = 4000;
  live_through_many(like, usual_count / 4);
}
