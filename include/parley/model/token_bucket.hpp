#pragma once

#include "parley/base/clock.hpp"

#include <algorithm>
#include <cstdint>

namespace parley::model {

/// A rate with a burst. Time is passed in; going back does no harm.
class token_bucket {
public:
  /// @param per_s tokens a second; 0 means that there is no limit.
  token_bucket(uint32_t per_s, uint32_t burst) noexcept
      : per_s_(per_s),
        burst_(std::max(burst, 1u) * 1000ull),
        milli_tokens_(burst_) {}

  /// Takes one token. @returns 0 if there was one, else after how many
  /// milliseconds there will be.
  uint32_t take(timestamp now) noexcept {
    if (per_s_ == 0)
      return 0;
    if (now > at_) {
      auto elapsed = static_cast<uint64_t>(now - at_);
      auto until_full = burst_ / per_s_ + 1;
      milli_tokens_ = std::min(
          burst_, milli_tokens_ + std::min(elapsed, until_full) * per_s_);
    }
    at_ = now;
    if (milli_tokens_ >= 1000) {
      milli_tokens_ -= 1000;
      return 0;
    }
    return static_cast<uint32_t>((1000 - milli_tokens_ + per_s_ - 1) / per_s_);
  }

private:
  uint32_t per_s_;
  uint64_t burst_;        ///< In thousandths of a token.
  uint64_t milli_tokens_; ///< A millisecond brings `per_s_` of them.
  timestamp at_ = 0;
};

} // namespace parley::model
