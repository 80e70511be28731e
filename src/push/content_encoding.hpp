#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace parley::push {

inline constexpr size_t salt_bytes = 16;
inline constexpr uint32_t record_bytes = 4096;

/// How much longer than its text a message of one record is: header without a
/// key's name, delimiter, authentication tag.
inline constexpr size_t seal_overhead_bytes = salt_bytes + 4 + 1 + 1 + 16;

/// RFC 8188, aes128gcm: encrypts `text` as the only record, with `padding`
/// zeros behind it. Nothing if it does not fit into a record, or OpenSSL
/// refuses.
/// @param salt must never be used twice with one secret.
/// @param key_name goes in front as it is: up to 255 bytes.
std::string seal(std::string_view text, size_t padding, std::string_view secret,
                 std::string_view salt, std::string_view key_name);

} // namespace parley::push
