#pragma once

#include "parley/base/entry.hpp"

#include <cstddef>
#include <string_view>

/// How large things become as JSON, never too little: a page is cut by it.
namespace parley::history {

/// Bytes of a string's characters after escaping, without the quotes.
size_t json_size(std::string_view text) noexcept;

/// Bytes of an item on the wire, of any kind, in any conversation.
size_t json_size(const item& x) noexcept;

} // namespace parley::history
