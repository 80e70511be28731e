#pragma once

#include "parley/base/error.hpp"

#include <caf/all.hpp>
#include <caf/io/all.hpp>

#include <chrono>
#include <cstdint>
#include <string>

/// What CAF 0.17 does not offer by itself: to connect within a time, and to
/// end a connection.
namespace parley::cluster {

/// A connection that CAF has not been given yet. Blocks for up to `limit`, and
/// for as long as the name takes to resolve.
result<caf::io::scribe_ptr> connect_within(caf::actor_system& sys,
                                           const std::string& host,
                                           uint16_t port, bool tls,
                                           std::chrono::milliseconds limit);

/// Ends all connections of a node at once, without waiting for what is still
/// to be written: its proxies die, and a new connection is a first one. Safe
/// to call from any thread; returns before it is done.
void close_node(caf::actor_system& sys, const caf::node_id& node);

/// The same for one connection.
void close_connection(caf::actor_system& sys, caf::io::scribe_ptr scribe);

caf::actor basp_broker(caf::actor_system& sys);

} // namespace parley::cluster
