#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace parley::cluster {

struct copy_limits {
  uint64_t bytes_per_s = 0; ///< 0: as fast as it goes.
  /// Of one part: small enough to hold nothing else up on a link for long.
  uint64_t part_bytes = uint64_t{256} << 10;
  /// On their way at once: what covers the time to and fro, and what else on
  /// the link may have to wait for.
  uint64_t window_bytes = uint64_t{2} << 20;
};

/// When a copy asks for its next part. It pays for what it asks, by the rate,
/// and for what is more than that when it has come. Time is passed in.
class copy_flow {
public:
  using time = std::chrono::nanoseconds;

  explicit copy_flow(const copy_limits& with) : with_(with) {}

  uint64_t part_bytes() const noexcept { return with_.part_bytes; }

  /// How long to wait before a part is asked for; nothing: until one arrives.
  std::optional<time> wait(time now) const noexcept {
    if (open_ > 0 && (open_ + 1) * with_.part_bytes > with_.window_bytes)
      return std::nullopt;
    return std::max(paid_at_ - now, time{0});
  }

  void asked(time now) noexcept {
    ++open_;
    paid_at_ =
        std::max(paid_at_, now - made_up_for) + price_of(with_.part_bytes);
  }

  void arrived(uint64_t bytes) noexcept {
    --open_;
    if (bytes > with_.part_bytes)
      paid_at_ += price_of(bytes - with_.part_bytes);
  }

private:
  /// A timer that fires late costs no rate; a link that stood still for long
  /// is not made up for.
  static constexpr time made_up_for = std::chrono::milliseconds{100};

  time price_of(uint64_t bytes) const noexcept {
    if (with_.bytes_per_s == 0)
      return time{0};
    return time{static_cast<time::rep>(bytes * uint64_t{1'000'000'000}
                                       / with_.bytes_per_s)};
  }

  copy_limits with_;
  uint64_t open_ = 0; ///< Parts asked for that have not come.
  time paid_at_{0};   ///< When all that was asked for is paid.
};

} // namespace parley::cluster
