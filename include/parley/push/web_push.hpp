#pragma once

#include "parley/base/clock.hpp"
#include "parley/base/error.hpp"
#include "parley/base/random.hpp"
#include "parley/push/provider.hpp"
#include "parley/push/transport.hpp"
#include "parley/push/vapid_keys.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace parley::push {

struct web_push_settings {
  std::string
      contact; ///< Whom a service tells about trouble: mailto: or https:
  std::chrono::seconds token_life{12L * 3600}; ///< Of VAPID: up to 24 h.
};

/// Web Push (RFC 8030, 8291, 8292) to the service of each browser. The
/// transport, clock and generator outlive the provider and what it sends.
/// Errors: `internal`, with the setting that is wrong.
result<std::unique_ptr<provider>> make_web_push(transport& by, vapid_keys keys,
                                                const web_push_settings& from,
                                                const wall_clock& clock,
                                                random_source& random);

} // namespace parley::push
