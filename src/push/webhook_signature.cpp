#include "push/webhook_signature.hpp"

#include "push/base64.hpp"
#include "push/keys.hpp"

#include <fmt/format.h>

namespace parley::push {

namespace {

constexpr std::string_view secret_prefix = "whsec_";
constexpr size_t webhook_key_bytes_min = 24;
constexpr size_t webhook_key_bytes_max = 64;

} // namespace

std::optional<std::string> webhook_key(std::string_view secret) {
  if (!secret.starts_with(secret_prefix))
    return std::nullopt;
  auto key = from_base64(secret.substr(secret_prefix.size()));
  if (!key || key->size() < webhook_key_bytes_min
      || key->size() > webhook_key_bytes_max)
    return std::nullopt;
  return key;
}

std::string webhook_signature(std::string_view key, std::string_view id,
                              int64_t timestamp_s, std::string_view body) {
  auto text = fmt::format("{}.{}.{}", id, timestamp_s, body);
  return "v1," + to_base64(hmac_sha256(key, text));
}

} // namespace parley::push
