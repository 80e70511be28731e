#pragma once

#include "parley/base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Bodies of the HTTP requests about notifications; see http_bodies.hpp.
namespace parley::protocol {

struct subscription_body {
  enum class service : uint8_t { web_push, apns, fcm };

  service kind = service::web_push;
  std::string endpoint; ///< web_push, with the browser's two keys:
  std::string p256dh;
  std::string auth;
  std::string token;  ///< apns, fcm.
  std::string device; ///< Empty: it does not say.
};

struct quiet_body {
  uint32_t from = 0; ///< Minutes of the day; equal: no quiet hours.
  uint32_t to = 0;
  int32_t offset_minutes = 0;
};

/// Takes `{"kind":…}`, or what a browser's `PushSubscription.toJSON()` gives.
/// What an endpoint, key or token must be like is not checked here.
result<subscription_body> parse_subscription(std::string_view body);
result<quiet_body> parse_quiet(std::string_view body);

/// "07:30"
std::string clock_text(uint32_t minutes);

} // namespace parley::protocol
