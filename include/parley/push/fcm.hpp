#pragma once

#include "parley/base/clock.hpp"
#include "parley/base/error.hpp"
#include "parley/push/provider.hpp"
#include "parley/push/transport.hpp"

#include <memory>
#include <string>

namespace parley::push {

struct fcm_settings {
  std::string service_account_file; ///< The JSON that Google gives.
  std::string url = "https://fcm.googleapis.com";
};

/// Google's service, version 1 over HTTP. Reads the account's file now, and
/// not again. The transport and clock outlive the provider and what it sends.
/// Errors: `internal`, with the setting, or the file and its key, that is
/// wrong.
result<std::unique_ptr<provider>>
make_fcm(transport& by, const fcm_settings& from, const wall_clock& clock);

} // namespace parley::push
