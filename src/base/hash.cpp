#include "parley/base/hash.hpp"

#include "base/sodium.hpp"

namespace parley {

namespace {

const unsigned char* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

} // namespace

hash128 hash_of(std::string_view text) noexcept {
  use_sodium();
  hash128 out;
  crypto_generichash(out.bytes.data(), out.bytes.size(), bytes_of(text),
                     text.size(), nullptr, 0);
  return out;
}

hash128 hash_of(std::string_view first, std::string_view second) noexcept {
  use_sodium();
  // The first one's length, big-endian, says where the second begins.
  std::array<unsigned char, 8> length{};
  for (size_t i = 0; i < length.size(); ++i)
    length[i] = static_cast<unsigned char>(first.size() >> (56 - 8 * i));
  hash128 out;
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, out.bytes.size());
  crypto_generichash_update(&state, length.data(), length.size());
  crypto_generichash_update(&state, bytes_of(first), first.size());
  crypto_generichash_update(&state, bytes_of(second), second.size());
  crypto_generichash_final(&state, out.bytes.data(), out.bytes.size());
  return out;
}

} // namespace parley
