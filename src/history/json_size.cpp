#include "history/json_size.hpp"

#include <algorithm>

namespace parley::history {

namespace {

/// Punctuation, field names, numbers and the conversation's name of one item.
constexpr size_t item_bytes = 320;
/// Quotes, comma, colon and brackets around one element.
constexpr size_t element_bytes = 8;
constexpr size_t escape_bytes = 5; ///< "\u001f" for one byte: five more.

} // namespace

size_t json_size(std::string_view text) noexcept {
  auto controls = std::ranges::count_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  auto quoted =
      std::ranges::count_if(text, [](char c) { return c == '"' || c == '\\'; });
  return text.size() + escape_bytes * static_cast<size_t>(controls)
         + static_cast<size_t>(quoted);
}

size_t json_size(const item& x) noexcept {
  auto bytes = item_bytes + json_size(x.what.body) + json_size(x.what.text)
               + x.what.from.size() + x.what.cid.size();
  for (const auto& user : x.what.members)
    bytes += user.size() + element_bytes;
  for (const auto& r : x.reactions)
    bytes += json_size(r.emoji) + r.user.size() + 2 * element_bytes;
  return bytes;
}

} // namespace parley::history
