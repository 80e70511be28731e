#include "push/web_push_encryption.hpp"

#include <fmt/format.h>

namespace parley::push {

namespace {

using namespace std::string_view_literals;

constexpr size_t key_material_bytes = 32;
constexpr size_t text_classes_bytes[] = {256, 512, 1024, 2048,
                                         push_text_bytes_max};

std::string key_material(EVP_PKEY* receiver, std::string_view auth,
                         EVP_PKEY* sender) {
  auto shared = agree(sender, receiver);
  if (shared.empty())
    return {};
  auto info =
      std::string{"WebPush: info\0"sv} + point_of(receiver) + point_of(sender);
  return hkdf(auth, shared, info, key_material_bytes);
}

} // namespace

size_t padding_for(size_t text_bytes) noexcept {
  for (auto whole : text_classes_bytes)
    if (text_bytes <= whole)
      return whole - text_bytes;
  return 0;
}

result<std::string> encrypt_for(EVP_PKEY* receiver, std::string_view auth,
                                EVP_PKEY* sender, std::string_view salt,
                                std::string_view text, size_t padding) {
  if (text.size() + padding > push_text_bytes_max)
    return error{errc::too_large,
                 fmt::format("expected up to {} bytes", push_text_bytes_max)};
  auto secret = key_material(receiver, auth, sender);
  auto sealed = secret.empty()
                    ? secret
                    : seal(text, padding, secret, salt, point_of(sender));
  if (sealed.empty())
    return error{errc::internal, "the message could not be encrypted"};
  return sealed;
}

} // namespace parley::push
