#pragma once

#include "parley/base/clock.hpp"
#include "parley/base/error.hpp"
#include "parley/push/provider.hpp"
#include "parley/push/transport.hpp"

#include <memory>
#include <string>

namespace parley::push {

struct webhook_settings {
  std::string url;
  std::string secret; ///< "whsec_" and 24 to 64 bytes in base64.
};

/// Tells an operator's own gateway about the notifications of all users, signed
/// by the Standard Webhooks scheme. Targets are not looked at. The transport
/// and clock outlive the provider and what it sends.
/// Errors: `internal`, with the setting that is wrong.
result<std::unique_ptr<provider>> make_webhook(transport& by,
                                               const webhook_settings& from,
                                               const wall_clock& clock);

} // namespace parley::push
