#pragma once

#include <cstdint>
#include <memory>
#include <utility>

namespace parley::cluster {

/// Answers may come when what asked is gone, or has begun anew: a member of
/// whoever asks, which drops those. Not for several threads.
class rounds {
public:
  /// Drops what was asked before.
  void next() noexcept { ++now_; }

  /// What is called only in the round in which it was made.
  template <class F>
  auto in_this(F f) const {
    return [this, f = std::move(f), round = now_,
            alive = std::weak_ptr<void>(alive_)](const auto&... x) {
      if (!alive.expired() && round == now_)
        f(x...);
    };
  }

  /// What is called in any round.
  template <class F>
  auto in_any(F f) const {
    return [f = std::move(f),
            alive = std::weak_ptr<void>(alive_)](const auto&... x) {
      if (!alive.expired())
        f(x...);
    };
  }

private:
  uint64_t now_ = 0;
  std::shared_ptr<void> alive_ = std::make_shared<int>();
};

} // namespace parley::cluster
