#pragma once

#include <cstddef>
#include <cstdint>

namespace parley::sim {

/// A small generator (splitmix64) whose numbers are the same on every machine,
/// unlike those of the standard library's distributions.
class dice {
public:
  explicit dice(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 1) {}

  uint64_t next() {
    state_ += 0x9E3779B97F4A7C15u;
    auto z = state_;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
  }

  size_t below(size_t n) {
    return static_cast<size_t>((next() >> 32) * n >> 32);
  }

  bool percent(size_t of) { return below(100) < of; }

private:
  uint64_t state_;
};

} // namespace parley::sim
