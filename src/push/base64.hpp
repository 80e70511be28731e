#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace parley::push {

/// RFC 4648, 4: with padding.
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

/// RFC 4648, 5: for URLs, without padding. Padding is taken if it is there.
std::string to_base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text);

} // namespace parley::push
