#include "parley/push/subscription.hpp"

#include "push/base64.hpp"
#include "push/endpoint.hpp"
#include "push/keys.hpp"
#include "push/web_push_encryption.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace parley::push {

namespace {

constexpr size_t apns_token_chars_max = 200;

error wrong(std::string_view field, std::string_view expected) {
  return {errc::bad_request, fmt::format("{}: expected {}", field, expected)};
}

error too_long(std::string_view field, size_t bytes_max) {
  return {errc::too_large,
          fmt::format("{}: expected up to {} bytes", field, bytes_max)};
}

struct checker {
  const target_rules& rules;

  std::optional<error> operator()(const web_push_target& x) const {
    if (x.endpoint.size() > endpoint_bytes_max)
      return too_long("endpoint", endpoint_bytes_max);
    if (auto parsed = parse_endpoint(x.endpoint, rules.allow_private); !parsed)
      return parsed.error();
    auto point = from_base64url(x.p256dh);
    if (!point || !p256_of_point(*point))
      return wrong("p256dh", "an uncompressed point on P-256 in base64url");
    auto auth = from_base64url(x.auth);
    if (!auth || auth->size() != auth_bytes)
      return wrong("auth", "16 bytes in base64url");
    return std::nullopt;
  }

  std::optional<error> operator()(const apns_target& x) const {
    bool hexadecimal = std::all_of(x.token.begin(), x.token.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')
             || (c >= 'A' && c <= 'F');
    });
    if (x.token.size() > apns_token_chars_max)
      return too_long("token", apns_token_chars_max);
    if (x.token.empty() || x.token.size() % 2 != 0 || !hexadecimal)
      return wrong("token", "bytes in hexadecimal");
    return std::nullopt;
  }

  std::optional<error> operator()(const fcm_target& x) const {
    if (x.token.size() > token_bytes_max)
      return too_long("token", token_bytes_max);
    bool plain = std::all_of(x.token.begin(), x.token.end(),
                             [](char c) { return c > ' ' && c < '\x7f'; });
    if (x.token.empty() || !plain)
      return wrong("token", "a registration token");
    return std::nullopt;
  }
};

} // namespace

std::optional<error> check(const target& to, const target_rules& rules) {
  return std::visit(checker{rules}, to);
}

} // namespace parley::push
