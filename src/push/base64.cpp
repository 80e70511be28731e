#include "push/base64.hpp"

#include <sodium.h>

namespace parley::push {

namespace {

std::string encode(std::string_view bytes, int variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(),
                    reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), variant);
  text.pop_back(); // The terminating zero.
  return text;
}

std::optional<std::string> decode(std::string_view text, int variant) {
  std::string bytes(text.size(), '\0');
  size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()),
                        bytes.size(), text.data(), text.size(), nullptr, &size,
                        nullptr, variant)
      != 0)
    return std::nullopt;
  bytes.resize(size);
  return bytes;
}

} // namespace

std::string to_base64(std::string_view bytes) {
  return encode(bytes, sodium_base64_VARIANT_ORIGINAL);
}

std::optional<std::string> from_base64(std::string_view text) {
  return decode(text, sodium_base64_VARIANT_ORIGINAL);
}

std::string to_base64url(std::string_view bytes) {
  return encode(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::optional<std::string> from_base64url(std::string_view text) {
  return decode(text, text.ends_with('=')
                          ? sodium_base64_VARIANT_URLSAFE
                          : sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

} // namespace parley::push
