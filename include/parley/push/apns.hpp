#pragma once

#include "parley/base/clock.hpp"
#include "parley/base/error.hpp"
#include "parley/push/provider.hpp"
#include "parley/push/transport.hpp"

#include <memory>
#include <string>

namespace parley::push {

struct apns_settings {
  std::string key_file; ///< The .p8 that Apple gives: an ES256 key in PEM.
  std::string key_id;
  std::string team_id;
  std::string topic; ///< The app's bundle id.
  std::string url = "https://api.push.apple.com";
};

/// Apple's service, with token authentication. Reads the key's file now, and
/// not again. The transport and clock outlive the provider and what it sends.
/// Errors: `internal`, with the setting or file that is wrong.
result<std::unique_ptr<provider>>
make_apns(transport& by, const apns_settings& from, const wall_clock& clock);

} // namespace parley::push
