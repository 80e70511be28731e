#pragma once

#include "parley/base/clock.hpp"
#include "parley/protocol/close_code.hpp"
#include "parley/protocol/events.hpp"

#include <memory>
#include <string>
#include <vector>

namespace parley {

/// All that an actor may do with a client's connection. Safe to call from any
/// thread; returns at once.
class outbox {
public:
  virtual ~outbox() = default;

  /// Queues objects for the client; what is ready together leaves as one frame.
  /// More than limits::outbox_bytes_max waiting bytes end the connection, which
  /// only replies and ephemeral events can reach: durable ones stay within the
  /// window.
  virtual void push(std::vector<protocol::outgoing> objects) = 0;

  /// How many bytes wait to be written; ephemeral events are dropped by the
  /// session when this is high.
  virtual size_t waiting_bytes() const noexcept = 0;

  /// One `inbound` is dealt with, so that another frame may be read.
  virtual void handled() = 0;

  /// The session is authenticated: the larger frame limit holds and the
  /// authentication deadline falls.
  virtual void authenticated() = 0;

  /// When the session's token expires; the connection closes with 4501 a grace
  /// period after that.
  virtual void expires(timestamp when) = 0;

  /// Whether the window is full; after http.window_timeout in that state the
  /// connection closes with 4008.
  virtual void window_full(bool full) = 0;

  /// Flushes what is queued, then closes once; later calls do nothing.
  virtual void close(protocol::close_code code) = 0;
};

using outbox_ptr = std::shared_ptr<outbox>;

} // namespace parley
