#pragma once

#include "parley/protocol/events.hpp"

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parley::gateway {

/// What an object that waits for its connection costs: its bytes and what holds
/// them, so that a bound on the sum is a bound on memory.
inline size_t cost(const protocol::outgoing& x) noexcept {
  return x.size() + sizeof x;
}

/// The payload of one WebSocket message, made of all objects that are ready:
/// small ones are copied together, large ones stay where they are. It keeps
/// some memory when it is cleared, to be used for the next one.
class outgoing_frame {
public:
  static constexpr size_t bytes_max = 1024 * 1024; ///< One object may be more.
  static constexpr size_t copied_bytes_max = 4096;
  static constexpr size_t kept_bytes_max = 64 * 1024;

  /// Takes objects from the front: one stands alone, several become an array.
  /// @pre `objects` is not empty, this is clear.
  /// @returns how many were taken, at least one.
  size_t fill(std::span<protocol::outgoing> objects);

  /// Valid until it is cleared.
  std::span<const boost::asio::const_buffer> buffers() const noexcept {
    return pieces_;
  }

  /// The `cost` of all objects in it.
  size_t total_cost() const noexcept { return cost_; }

  /// Calls the fault points that come after this frame was written; nothing in
  /// a release.
  void pass_fault_points() const noexcept;

  void clear() noexcept;

private:
  void add(std::string_view bytes);
  void end_run();
  void note_faults(const protocol::outgoing& x);

  std::string text_; ///< The copied parts, one after the other.
  size_t run_ = 0;   ///< Where the part begins that is in no piece yet.
  std::vector<protocol::outgoing> held_; ///< What the pieces point into.
  std::vector<boost::asio::const_buffer> pieces_;
  size_t cost_ = 0;
  bool acks_ = false;   ///< Holds an `ack`; only known in a test build.
  bool events_ = false; ///< Holds a durable event; likewise.
};

} // namespace parley::gateway
