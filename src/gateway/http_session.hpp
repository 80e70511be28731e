#pragma once

#include "gateway/connection_limits.hpp"
#include "gateway/hub.hpp"
#include "gateway/net.hpp"
#include "gateway/services.hpp"

namespace parley::gateway {

/// Begins to serve HTTP on a socket that was just accepted. On its hub's
/// thread.
void start_http_session(services_ptr with, hub_ptr on, tcp_socket socket,
                        connection_limits::place place);

/// Answers 503 without reading, and ends.
void start_http_refusal(services_ptr with, hub_ptr on, tcp_socket socket,
                        connection_limits::place place);

} // namespace parley::gateway
