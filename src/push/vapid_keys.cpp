#include "parley/push/vapid_keys.hpp"

#include "push/base64.hpp"
#include "push/keys.hpp"

#include "parley/base/secret_file.hpp"

#include <fmt/format.h>

namespace parley::push {

namespace {

constexpr size_t fingerprint_bytes = 8;

std::string fingerprint_of(std::string_view point) {
  std::string text;
  for (char c : sha256(point).substr(0, fingerprint_bytes))
    text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

} // namespace

result<vapid_keys> vapid_keys::open(const std::string& path) {
  auto pem = open_secret(path, [] { return pem_of(make_p256().get()); });
  if (!pem)
    return pem.error();
  if (auto sound = check_private_key(*pem, "ES256"); !sound)
    return error{sound.error().code,
                 fmt::format("{}: {}", path, sound.error().message)};
  vapid_keys made;
  auto point = point_of(key_of_pem(*pem).get());
  made.private_key_ = std::move(*pem);
  made.public_key_ = to_base64url(point);
  made.fingerprint_ = fingerprint_of(point);
  return made;
}

} // namespace parley::push
