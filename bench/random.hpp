#pragma once

#include <cmath>
#include <cstdint>

namespace parley::bench {

/// SplitMix64 (Steele, Lea, Flood 2014). The standard's distributions differ
/// between libraries; these do not.
class random_source {
public:
  explicit random_source(uint64_t seed) : state_{seed} {}

  uint64_t next() {
    auto x = state_ += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
  }

  /// At least 0, below 1.
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  uint32_t below(uint32_t bound) {
    return static_cast<uint32_t>(((next() >> 32) * bound) >> 32);
  }

  double exponential(double mean) { return -std::log1p(-unit()) * mean; }

private:
  uint64_t state_;
};

} // namespace parley::bench
