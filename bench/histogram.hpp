#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace parley::bench {

/// Counts durations in buckets that grow with the value, so that a percentile
/// is exact to 1 part in 64 from nanoseconds to hours, in fixed memory.
class histogram {
public:
  /// Negative durations count as zero.
  void add(std::chrono::nanoseconds value);

  uint64_t count() const { return count_; }

  /// @param share in (0, 1], for example 0.99.
  /// @returns the middle of the bucket in which that share of the values is
  /// reached; zero when nothing was added.
  std::chrono::nanoseconds percentile(double share) const;

  void reset();

private:
  /// Values below 128 have a bucket each; above, 64 for each power of two.
  static constexpr unsigned precision_bits = 6;
  static constexpr size_t buckets = (64 - precision_bits + 1) << precision_bits;

  static size_t bucket_of(uint64_t value);
  static uint64_t middle_of(size_t bucket);

  std::array<uint64_t, buckets> counts_{};
  uint64_t count_ = 0;
};

} // namespace parley::bench
