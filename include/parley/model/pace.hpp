#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace parley::model {

/// At most so many in each second, evenly: a tenth of them in each tenth. What
/// was not taken is gone, so there is no burst after a calm. Several actors
/// share one; safe to call from any thread.
class pace {
public:
  static constexpr int64_t slot_ms = 100;

  /// @param per_s at least 1, at most 10,000,000.
  explicit pace(uint32_t per_s = 1) noexcept : per_s_(per_s) {}

  /// @param now milliseconds of a clock that does not go back, not negative.
  /// @returns how many of `wanted` may be done now.
  size_t take(int64_t now, size_t wanted) noexcept {
    auto slot = static_cast<uint64_t>(now / slot_ms);
    auto before = state_.load(std::memory_order_relaxed);
    for (;;) {
      // Another thread's clock may be a slot ahead.
      auto at = std::max(slot, before >> used_bits);
      auto used = at == before >> used_bits ? before & used_mask : 0;
      auto granted = std::min<uint64_t>(wanted, share(at) - used);
      if (granted == 0)
        return 0;
      if (state_.compare_exchange_weak(before,
                                       at << used_bits | (used + granted),
                                       std::memory_order_relaxed))
        return static_cast<size_t>(granted);
    }
  }

  /// When more may be had.
  static int64_t next(int64_t now) noexcept {
    return (now / slot_ms + 1) * slot_ms;
  }

private:
  static constexpr uint64_t slots_per_s = 1000 / slot_ms;
  static constexpr int used_bits = 24;
  static constexpr uint64_t used_mask = (uint64_t{1} << used_bits) - 1;

  /// What a rate leaves over when divided goes to the later slots.
  uint64_t share(uint64_t slot) const noexcept {
    auto i = slot % slots_per_s;
    return (i + 1) * per_s_ / slots_per_s - i * per_s_ / slots_per_s;
  }

  uint64_t per_s_;
  std::atomic<uint64_t> state_{0}; ///< The slot, and what was taken in it.
};

/// How many may wait, of several actors together; safe from any thread.
class waiting_room {
public:
  explicit waiting_room(size_t seats = 0) noexcept : seats_(seats) {}

  bool enter() noexcept {
    if (taken_.fetch_add(1, std::memory_order_relaxed) < seats_)
      return true;
    leave(1);
    return false;
  }

  void leave(size_t count) noexcept {
    taken_.fetch_sub(count, std::memory_order_relaxed);
  }

  size_t taken() const noexcept {
    return taken_.load(std::memory_order_relaxed);
  }

private:
  size_t seats_;
  std::atomic<size_t> taken_{0};
};

} // namespace parley::model
