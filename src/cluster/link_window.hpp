#pragma once

#include <algorithm>
#include <cstdint>

namespace parley::cluster {

/// What may be on its way to a peer: CAF would take any amount, and keep it for
/// a peer that does not read.
class send_window {
public:
  explicit send_window(uint64_t bytes_max = 0) : bytes_max_(bytes_max) {}

  bool fits(uint64_t bytes) const {
    return bytes <= bytes_max_ && under_way() <= bytes_max_ - bytes;
  }
  /// @returns all that was ever sent.
  uint64_t send(uint64_t bytes) { return sent_ += bytes; }
  void taken(uint64_t upto) {
    if (upto <= sent_)
      taken_ = std::max(taken_, upto);
  }
  uint64_t under_way() const { return sent_ - taken_; }

private:
  uint64_t bytes_max_;
  uint64_t sent_ = 0;
  uint64_t taken_ = 0;
};

/// The other end: when to tell the peer what was taken.
class receive_window {
public:
  explicit receive_window(uint64_t bytes_max = 0) : bytes_max_(bytes_max) {}

  /// @returns whether the peer should hear of it before the next heartbeat.
  bool take(uint64_t upto) {
    taken_ = std::max(taken_, upto);
    return taken_ - told_ >= bytes_max_ / 4;
  }
  /// @returns what the peer is told.
  uint64_t tell() { return told_ = taken_; }

private:
  uint64_t bytes_max_;
  uint64_t taken_ = 0;
  uint64_t told_ = 0;
};

} // namespace parley::cluster
