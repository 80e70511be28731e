#include "model/sim/mutants.hpp"
#include "model/sim/schedule.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace parley;

namespace {

std::string violation_at(uint64_t seed, const sim::rules& rule) {
  sim::schedule x;
  x.seed = seed;
  x.rule = rule;
  return sim::live_through(x).violation;
}

sim::rules without(const sim::mutant& one) {
  sim::rules out;
  out.*one.rule = false;
  return out;
}

/// I1, I2 or I6; that nothing can be committed any more is not one of them.
bool breaks_an_invariant(const std::string& violation) {
  return violation.starts_with('I');
}

} // namespace

TEST_CASE("R1 to R13: each one left out breaks an invariant, none does not") {
  for (const auto& each : sim::mutants) {
    CAPTURE(each.name);
    CAPTURE(each.seed);
    CHECK(violation_at(each.seed, {}) == "");
    const auto broken = violation_at(each.seed, without(each));
    CAPTURE(broken);
    CHECK(breaks_an_invariant(broken));
  }
}

TEST_CASE("the first schedule that breaks without each rule"
          * doctest::skip()) {
  for (const auto& each : sim::mutants) {
    uint64_t seed = 1;
    while (seed < 1'000'000
           && !breaks_an_invariant(violation_at(seed, without(each))))
      ++seed;
    MESSAGE(each.name, ": ", seed);
  }
}
