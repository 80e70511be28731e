#pragma once

#include "gateway/connection_limits.hpp"
#include "gateway/http_messages.hpp"
#include "gateway/hub.hpp"
#include "gateway/net.hpp"
#include "gateway/services.hpp"

#include <cstdint>

namespace parley::gateway {

enum class connection_mode : uint8_t {
  chat, ///< Frames go to a session actor.
  echo, ///< Frames come back as they are, for conformance suites.
};

/// Turns an HTTP connection into a WebSocket. On its hub's thread.
void start_connection(services_ptr with, hub_ptr on, tcp_socket socket,
                      connection_limits::place place,
                      const beast_request& request, connection_mode mode);

} // namespace parley::gateway
