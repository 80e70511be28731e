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

bool is_stuck(const std::string& violation) {
  return violation.starts_with("while one node is cut off");
}

uint64_t first_seed(const sim::mutant& of,
                    bool (*shows_it)(const std::string&)) {
  uint64_t seed = 1;
  while (seed < 1'000'000 && !shows_it(violation_at(seed, without(of))))
    ++seed;
  return seed;
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

TEST_CASE("R14: left out, a leader that is cut off holds everything up") {
  CHECK(violation_at(sim::stuck.seed, {}) == "");
  const auto broken = violation_at(sim::stuck.seed, without(sim::stuck));
  CAPTURE(broken);
  CHECK(is_stuck(broken));
}

TEST_CASE("the first schedule that breaks without each rule"
          * doctest::skip()) {
  for (const auto& each : sim::mutants)
    MESSAGE(std::string{each.name}, ": ",
            first_seed(each, breaks_an_invariant));
  MESSAGE(std::string{sim::stuck.name}, ": ", first_seed(sim::stuck, is_stuck));
}
