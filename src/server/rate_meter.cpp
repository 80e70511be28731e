#include "parley/server/rate_meter.hpp"

#include <algorithm>

namespace parley::server {

void rate_meter::sample(uint64_t total) noexcept {
  std::lock_guard lock{guard_};
  totals_[taken_++ % totals_.size()] = total;
}

double rate_meter::per_second() const noexcept {
  std::lock_guard lock{guard_};
  if (taken_ < 2)
    return 0;
  auto newest = totals_[(taken_ - 1) % totals_.size()];
  auto seconds = std::min(taken_, totals_.size()) - 1;
  auto oldest = totals_[(taken_ - 1 - seconds) % totals_.size()];
  return static_cast<double>(newest - oldest) / static_cast<double>(seconds);
}

} // namespace parley::server
