#pragma once

#include "parley/base/limits.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace parley::model {

/// What one session may still be sent: at most limits::window_events durable
/// events or limits::window_bytes of them beyond the client's last `recv`; one
/// event always passes. Not for several threads.
class window {
public:
  /// Whether another event of `bytes` may go out now.
  bool admits(size_t bytes) const noexcept {
    return idle()
           || (count() < limits::window_events
               && bytes_ + bytes <= limits::window_bytes);
  }

  void sent(uint64_t useq, size_t bytes) {
    open_.push_back({useq, bytes});
    bytes_ += bytes;
  }

  /// The client has everything up to `useq`, clamped to what it was sent.
  /// @returns the cursor after that; it never moves back.
  uint64_t received(uint64_t useq) {
    while (!idle() && open_[first_].useq <= useq) {
      acked_ = open_[first_].useq;
      bytes_ -= open_[first_].bytes;
      ++first_;
    }
    forget();
    return acked_;
  }

  size_t count() const noexcept { return open_.size() - first_; }
  bool idle() const noexcept { return first_ == open_.size(); }
  bool full() const noexcept { return events_left() == 0 || bytes_left() == 0; }
  size_t events_left() const noexcept {
    return limits::window_events - std::min(count(), limits::window_events);
  }
  size_t bytes_left() const noexcept {
    return limits::window_bytes - std::min(bytes_, limits::window_bytes);
  }
  uint64_t acked() const noexcept { return acked_; }

private:
  struct sent_event {
    uint64_t useq;
    size_t bytes;
  };

  /// Gives memory back, so that an idle session holds none.
  void forget() {
    if (idle()) {
      open_ = {};
      first_ = 0;
    } else if (first_ >= limits::window_events) {
      open_.erase(open_.begin(),
                  open_.begin() + static_cast<std::ptrdiff_t>(first_));
      first_ = 0;
    }
  }

  std::vector<sent_event> open_; ///< From `first_` on: not received yet.
  size_t first_ = 0;
  size_t bytes_ = 0;
  uint64_t acked_ = 0;
};

} // namespace parley::model
