#pragma once

#include "parley/actors/context.hpp"
#include "parley/gateway/client_regions.hpp"

#include <caf/actor_system.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace parley::gateway {

class token_service;

/// What clients are told of a node that stops.
struct departure {
  std::vector<model::known_node> others; ///< Where they may go.
  int64_t within_ms = 0;
};

/// The node's side towards its clients: one port, HTTP and WebSocket, on its
/// own I/O threads. All functions may be called from the thread that made it.
class front {
public:
  virtual ~front() = default;

  /// The bound address as "ADDRESS:PORT".
  virtual std::string address() const = 0;

  /// What `GET /readyz` says.
  virtual void set_ready(bool ready) = 0;

  /// Closes the listening socket; connections go on.
  virtual void stop_accepting() = 0;

  /// Tells every session to reconnect to one of the others that are near it,
  /// then closes it with 4000 and every HTTP connection after its answer; takes
  /// no new sessions. @param share with which chance each is told now: who
  /// calls this again and again spreads them over a time.
  virtual void drain(const departure& where, double share = 1) = 0;

  /// Takes clients as before `drain`.
  virtual void take_clients() = 0;

  /// Live connections of any kind.
  virtual size_t connections() const = 0;

  /// Ends what is left and joins the I/O threads. Before ~actor_system.
  virtual void stop() = 0;
};

/// Binds and starts to serve; raises the process's limit of descriptors.
/// `tokens` must outlive the front; `regions` may be null. Errors:
/// `unavailable` when the address cannot be bound, with the reason.
result<std::unique_ptr<front>> start_front(caf::actor_system& sys,
                                           context_ptr node,
                                           const token_service& tokens,
                                           client_regions_ptr regions = {});

} // namespace parley::gateway
