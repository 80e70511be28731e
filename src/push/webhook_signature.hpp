#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parley::push {

/// The bytes behind "whsec_"; nothing unless there are 24 to 64.
std::optional<std::string> webhook_key(std::string_view secret);

/// The value of `webhook-signature` by Standard Webhooks, version 1.
std::string webhook_signature(std::string_view key, std::string_view id,
                              int64_t timestamp_s, std::string_view body);

} // namespace parley::push
