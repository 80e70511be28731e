#include "parley/protocol/text.hpp"

#include "protocol/words.hpp"

#include "parley/base/limits.hpp"

#include <boost/locale/utf.hpp>

namespace parley::protocol {

namespace {

namespace utf = boost::locale::utf;
using utf8_traits = utf::utf_traits<char>;

bool starts_char(char c) noexcept {
  return utf8_traits::is_lead(c);
}

struct range {
  char32_t first;
  char32_t last;
};

template <size_t N>
bool in(const range (&ranges)[N], char32_t c) noexcept {
  for (auto& each : ranges)
    if (c >= each.first && c <= each.last)
      return true;
  return false;
}

bool is_control(char32_t c) noexcept {
  static constexpr range ranges[] = {
      {0x00, 0x1f},     {0x7f, 0x9f},     // C0, DEL, C1
      {0x2028, 0x2029},                   // line and paragraph separators
      {0x202a, 0x202e}, {0x2066, 0x2069}, // bidirectional embeddings
  };
  return in(ranges, c);
}

/// White space, and what takes no place at all; not the joiner, which is part
/// of many an emoji.
bool is_blank(char32_t c) noexcept {
  static constexpr range ranges[] = {
      {0x20, 0x20},     {0xa0, 0xa0},     {0x061c, 0x061c}, {0x1680, 0x1680},
      {0x180e, 0x180e}, {0x2000, 0x200b}, {0x200e, 0x200f}, {0x202f, 0x202f},
      {0x205f, 0x2060}, {0x3000, 0x3000}, {0xfeff, 0xfeff},
  };
  return in(ranges, c);
}

/// Calls `accept` with every code point.
/// @returns how many there are, or 0 if one is refused, the bytes are not
/// UTF-8, or there are more than `most`.
template <class Accept>
size_t count_accepted(std::string_view utf8, size_t most, Accept accept) {
  size_t count = 0;
  auto at = utf8.data();
  auto end = at + utf8.size();
  while (at != end) {
    auto c = utf8_traits::decode(at, end);
    if (c == utf::illegal || c == utf::incomplete || ++count > most
        || !accept(static_cast<char32_t>(c)))
      return 0;
  }
  return count;
}

bool is_title(std::string_view utf8, size_t chars_max) noexcept {
  auto seen = false;
  auto count = count_accepted(utf8, chars_max, [&](char32_t c) {
    seen = seen || !is_blank(c);
    return !is_control(c);
  });
  return count > 0 && seen;
}

} // namespace

bool valid_utf8(std::string_view bytes) noexcept {
  auto at = bytes.data();
  auto end = at + bytes.size();
  while (at != end) {
    if (static_cast<size_t>(end - at) >= words::size
        && (words::load(at) & words::high_bits) == 0) {
      at += words::size;
      continue;
    }
    auto c = utf8_traits::decode(at, end);
    if (c == utf::illegal || c == utf::incomplete)
      return false;
  }
  return true;
}

size_t count_chars(std::string_view utf8) noexcept {
  size_t count = 0;
  auto at = utf8.data();
  auto end = at + utf8.size();
  for (; static_cast<size_t>(end - at) >= words::size; at += words::size) {
    auto word = words::load(at);
    // A byte goes on a code point if its two high bits are 10.
    auto goes_on = word >> 7 & ~word >> 6 & words::ones;
    count += words::size - (goes_on * words::ones >> 56);
  }
  for (; at != end; ++at)
    count += starts_char(*at);
  return count;
}

std::string_view first_chars(std::string_view utf8, size_t chars) noexcept {
  if (utf8.size() <= chars)
    return utf8;
  size_t end = 0;
  for (; end < utf8.size(); ++end)
    if (starts_char(utf8[end]) && chars-- == 0)
      break;
  return utf8.substr(0, end);
}

bool valid_emoji(std::string_view utf8) noexcept {
  return count_accepted(
             utf8, limits::reaction_chars_max,
             [](char32_t c) { return !is_control(c) && !is_blank(c); })
         > 0;
}

bool valid_title(std::string_view utf8) noexcept {
  return is_title(utf8, limits::name_chars_max);
}

bool valid_device_name(std::string_view utf8) noexcept {
  return is_title(utf8, limits::device_name_chars_max);
}

} // namespace parley::protocol
