#include "histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace parley::bench {

void histogram::add(std::chrono::nanoseconds value) {
  auto ns = std::max<int64_t>(value.count(), 0);
  ++counts_[bucket_of(static_cast<uint64_t>(ns))];
  ++count_;
}

std::chrono::nanoseconds histogram::percentile(double share) const {
  if (count_ == 0)
    return {};
  auto wanted = std::clamp<uint64_t>(
      static_cast<uint64_t>(std::ceil(share * static_cast<double>(count_))), 1,
      count_);
  uint64_t seen = 0;
  size_t bucket = 0;
  while ((seen += counts_[bucket]) < wanted)
    ++bucket;
  return std::chrono::nanoseconds{static_cast<int64_t>(middle_of(bucket))};
}

void histogram::reset() {
  counts_.fill(0);
  count_ = 0;
}

size_t histogram::bucket_of(uint64_t value) {
  constexpr uint64_t linear = uint64_t{2} << precision_bits;
  if (value < linear)
    return value;
  auto shift =
      static_cast<unsigned>(std::bit_width(value)) - precision_bits - 1;
  // The leading bit stays in the quotient and moves it one step further.
  return (size_t{shift} << precision_bits) + (value >> shift);
}

uint64_t histogram::middle_of(size_t bucket) {
  constexpr size_t linear = size_t{2} << precision_bits;
  if (bucket < linear)
    return bucket;
  auto shift = (bucket >> precision_bits) - 1;
  auto quotient = bucket - (shift << precision_bits);
  return (quotient << shift) + (uint64_t{1} << shift) / 2;
}

} // namespace parley::bench
