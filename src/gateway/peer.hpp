#pragma once

#include "gateway/wheel.hpp"

#include "parley/gateway/front.hpp"

namespace parley::gateway {

/// One client's socket, bound to one I/O thread from its beginning to its end.
/// It stands in that thread's wheel as long as it lives, so that a deadline
/// always ends it in time. Everything here is called on that thread.
class peer : public wheel::entry {
public:
  virtual ~peer() = default;

  /// A deadline has passed; it must schedule the next one, or end.
  virtual void on_deadline() = 0;

  /// The node stops: bring to an end what is under way.
  virtual void on_drain(const departure& where) = 0;

  /// Closes the socket at once and leaves the wheel. Repeated calls do nothing.
  virtual void end() = 0;
};

} // namespace parley::gateway
