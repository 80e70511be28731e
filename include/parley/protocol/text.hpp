#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace parley::protocol {

/// Whether bytes are valid UTF-8 (RFC 3629: no overlong forms, no surrogates).
bool valid_utf8(std::string_view bytes) noexcept;

/// Code points of valid UTF-8.
size_t count_chars(std::string_view utf8) noexcept;

/// The longest prefix of at most `chars` code points.
std::string_view first_chars(std::string_view utf8, size_t chars) noexcept;

/// 1 to 16 code points without space or control characters.
bool valid_emoji(std::string_view utf8) noexcept;

/// A display or group name: 1 to limits::name_chars_max code points, no
/// control characters, not only spaces.
bool valid_title(std::string_view utf8) noexcept;

/// The same of at most limits::device_name_chars_max.
bool valid_device_name(std::string_view utf8) noexcept;

} // namespace parley::protocol
