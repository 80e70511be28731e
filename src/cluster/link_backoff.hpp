#pragma once

#include "parley/base/random.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace parley::cluster {

/// How long to wait before the next dial: twice as long after each failure, up
/// to a bound, and somewhere in the upper half of it by chance, so that nodes
/// which lost a peer together do not come back together.
class link_backoff {
public:
  using milliseconds = std::chrono::milliseconds;

  link_backoff(milliseconds least, milliseconds most)
      : least_(least), most_(most), next_(least) {}

  milliseconds next(random_source& random) {
    uint32_t chance = 0;
    random.fill(&chance, sizeof chance);
    const auto half = std::max<int64_t>(1, next_.count() / 2);
    const auto wait = milliseconds{half + chance % (half + 1)};
    next_ = std::min(most_, next_ * 2);
    return wait;
  }
  void reset() { next_ = least_; }

private:
  milliseconds least_;
  milliseconds most_;
  milliseconds next_;
};

} // namespace parley::cluster
