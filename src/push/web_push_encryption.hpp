#pragma once

#include "push/content_encoding.hpp"
#include "push/keys.hpp"

#include "parley/base/error.hpp"

#include <string>
#include <string_view>

namespace parley::push {

inline constexpr size_t auth_bytes = 16;

/// What every push service has to take (RFC 8030, 7.2), and so the most that
/// is sent.
inline constexpr size_t message_bytes_max = 4096;
inline constexpr size_t push_text_bytes_max =
    message_bytes_max - seal_overhead_bytes - point_bytes;

/// How many bytes of padding hide the length of a text: all texts of a class
/// have one length.
size_t padding_for(size_t text_bytes) noexcept;

/// RFC 8291: encrypts a text for the browser that made `receiver` and `auth`.
/// @param sender a key that is used once.
/// Errors: `internal`; `too_large` over `push_text_bytes_max`.
result<std::string> encrypt_for(EVP_PKEY* receiver, std::string_view auth,
                                EVP_PKEY* sender, std::string_view salt,
                                std::string_view text, size_t padding);

} // namespace parley::push
