#pragma once

#include "parley/base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace parley::push {

inline constexpr size_t endpoint_bytes_max = 2048;
inline constexpr size_t token_bytes_max = 4096;

/// A browser's subscription, as `PushSubscription.toJSON()` gives it.
struct web_push_target {
  std::string endpoint;
  std::string p256dh; ///< base64url: a point on P-256, uncompressed.
  std::string auth;   ///< base64url: 16 bytes.

  friend bool operator==(const web_push_target&,
                         const web_push_target&) = default;
};

struct apns_target {
  std::string token; ///< In hexadecimal.

  friend bool operator==(const apns_target&, const apns_target&) = default;
};

struct fcm_target {
  std::string token;

  friend bool operator==(const fcm_target&, const fcm_target&) = default;
};

/// Where a notification of one device goes. An operator's webhook is none: it
/// is configured, and gets the notifications of all users.
using target = std::variant<web_push_target, apns_target, fcm_target>;

struct subscription {
  std::string id;
  std::string device;
  target to;
  int64_t created_ms = 0;
};

struct target_rules {
  /// Lets endpoints be private, loopback or without TLS: for tests, and for
  /// operators whose push service is in their own network.
  bool allow_private = false;
};

/// Says what is wrong with a target that a client gave, or nothing. Names are
/// not resolved here: what they stand for is checked with every connection.
/// Errors: `bad_request`; `too_large` for an endpoint or token that is too
/// long.
std::optional<error> check(const target& to, const target_rules& rules);

} // namespace parley::push
