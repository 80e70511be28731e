#pragma once

#include "gateway/connection_limits.hpp"
#include "gateway/origin.hpp"
#include "gateway/page_policy.hpp"
#include "gateway/send_rates.hpp"

#include "parley/actors/context.hpp"
#include "parley/gateway/client_regions.hpp"
#include "parley/gateway/passwords.hpp"
#include "parley/gateway/tokens.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>

namespace caf {
class actor_system;
}

namespace parley::gateway {

/// What all clients of the node share. Everything in it is fixed, or safe to
/// use from any thread.
struct services {
  services(caf::actor_system& system, context_ptr context,
           const token_service& checks, password_pool& pool)
      : sys(system),
        node(std::move(context)),
        tokens(checks),
        passwords(pool),
        origins(node->settings.http),
        policy(page_policy(node->settings)),
        connections(node->settings.http.connections_max,
                    node->settings.limits.connections_per_address),
        sends(node->settings.limits.sends_per_s,
              node->settings.limits.sends_burst) {}

  const config::settings& settings() const noexcept { return node->settings; }

  /// Where a client is that does not say so: by its address, else near to this
  /// node, to which it found its way.
  std::string region_of(const address_bytes& client) const {
    if (auto known = regions ? regions->of(client) : std::nullopt)
      return *known;
    return settings().node.region;
  }

  caf::actor_system& sys;
  context_ptr node;
  const token_service& tokens;
  password_pool& passwords;
  client_regions_ptr regions; ///< Null: not known by address.
  origin_rules origins;
  std::string policy; ///< Of its pages.
  connection_limits connections;
  /// Clients over those limits, who get an answer before they are closed.
  connection_limits refusals{256, 0};
  send_rates sends;
  std::atomic<bool> ready{false};
  std::atomic<bool> draining{false}; ///< HTTP connections end with an answer.
};

using services_ptr = std::shared_ptr<services>;

} // namespace parley::gateway
