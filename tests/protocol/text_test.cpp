#include "parley/protocol/text.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using namespace parley::protocol;
using namespace std::string_literals;

namespace {

/// Decodes bit by bit as the RFC describes the encoding, to be compared with
/// the fast one. @returns whether all of `bytes` is UTF-8.
bool naive_valid(std::string_view bytes) {
  size_t at = 0;
  while (at < bytes.size()) {
    auto lead = static_cast<uint8_t>(bytes[at]);
    size_t length = lead < 0x80             ? 1
                    : (lead & 0xe0) == 0xc0 ? 2
                    : (lead & 0xf0) == 0xe0 ? 3
                    : (lead & 0xf8) == 0xf0 ? 4
                                            : 0;
    if (length == 0 || at + length > bytes.size())
      return false;
    uint32_t c = length == 1 ? lead : lead & (0x7fu >> length);
    for (size_t i = 1; i < length; ++i) {
      auto next = static_cast<uint8_t>(bytes[at + i]);
      if ((next & 0xc0) != 0x80)
        return false;
      c = c << 6 | (next & 0x3fu);
    }
    constexpr uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (c < least[length] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
      return false;
    at += length;
  }
  return true;
}

std::string repeat(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i)
    out.append(text);
  return out;
}

} // namespace

TEST_CASE("every sequence of one to three bytes is judged as a plain decoder "
          "judges it") {
  size_t wrong = 0;
  for (uint32_t x = 0; x < 1u << 24; ++x) {
    char bytes[] = {static_cast<char>(x >> 16), static_cast<char>(x >> 8),
                    static_cast<char>(x)};
    std::string_view all{bytes, 3};
    wrong += valid_utf8(all) != naive_valid(all);
    if (bytes[0] != 0)
      continue;
    auto two = all.substr(1);
    wrong += valid_utf8(two) != naive_valid(two);
    if (bytes[1] == 0)
      wrong += valid_utf8(all.substr(2)) != naive_valid(all.substr(2));
  }
  CHECK(wrong == 0);
}

TEST_CASE("sequences of four bytes are judged as a plain decoder judges them") {
  size_t wrong = 0;
  size_t valid = 0;
  for (int lead = 0xec; lead < 0x100; ++lead)
    for (int second = 0; second < 0x100; ++second)
      for (auto third : {'\x00', '\x7f', '\x80', '\xbf', '\xc0', '\xff'})
        for (auto last : {'\x00', '\x7f', '\x80', '\xbf', '\xc0', '\xff'}) {
          char bytes[] = {static_cast<char>(lead), static_cast<char>(second),
                          third, last};
          std::string_view all{bytes, 4};
          auto expected = naive_valid(all);
          wrong += valid_utf8(all) != expected;
          valid += expected;
        }
  CHECK(wrong == 0);
  CHECK(valid > 0);
}

TEST_CASE("an edge case is judged alike wherever it stands among ASCII") {
  struct row {
    std::string bytes;
    bool valid;
  };
  const row rows[] = {
      {"", true},
      {"\0"s, true},
      {"\x7f", true},
      {"\x80", false},
      {"\xbf", false},
      {"\xc0\x80", false},             // overlong U+0000
      {"\xc1\xbf", false},             // overlong U+007F
      {"\xc2\x80", true},              // U+0080
      {"\xdf\xbf", true},              // U+07FF
      {"\xe0\x9f\xbf", false},         // overlong U+07FF
      {"\xe0\xa0\x80", true},          // U+0800
      {"\xed\x9f\xbf", true},          // U+D7FF
      {"\xed\xa0\x80", false},         // U+D800
      {"\xed\xbf\xbf", false},         // U+DFFF
      {"\xee\x80\x80", true},          // U+E000
      {"\xef\xbf\xbf", true},          // U+FFFF
      {"\xf0\x8f\xbf\xbf", false},     // overlong U+FFFF
      {"\xf0\x90\x80\x80", true},      // U+10000
      {"\xf4\x8f\xbf\xbf", true},      // U+10FFFF
      {"\xf4\x90\x80\x80", false},     // U+110000
      {"\xf5\x80\x80\x80", false},     // beyond any code point
      {"\xf8\x88\x80\x80\x80", false}, // five bytes
      {"\xfe", false},
      {"\xff", false},
      {"\xc3", false}, // cut off
      {"\xe2\x82", false},
      {"\xf0\x9f\x98", false},
      {"\xc3\xc3\xa9", false}, // a lead for a continuation
  };
  for (auto& each : rows)
    for (size_t before = 0; before < 17; ++before)
      for (size_t after = 0; after < 17; ++after) {
        CAPTURE(each.bytes);
        CAPTURE(before);
        CAPTURE(after);
        auto text =
            std::string(before, 'a') + each.bytes + std::string(after, 'a');
        REQUIRE(valid_utf8(text) == each.valid);
      }
}

TEST_CASE("code points are counted, not bytes") {
  for (auto c : {"a", "\xc3\xa9", "\xe6\xbc\xa2", "\xf0\x9f\x98\x80"})
    for (size_t n = 0; n < 40; ++n) {
      CAPTURE(c);
      CHECK(count_chars(repeat(c, n)) == n);
      CHECK(count_chars("ab" + repeat(c, n)) == n + 2);
    }
}

TEST_CASE("a prefix ends between code points") {
  CHECK(first_chars("", 5) == "");
  CHECK(first_chars("abc", 0) == "");
  CHECK(first_chars("abc", 2) == "ab");
  CHECK(first_chars("abc", 3) == "abc");
  for (auto c : {"a", "\xc3\xa9", "\xe6\xbc\xa2", "\xf0\x9f\x98\x80"})
    for (size_t n = 0; n < 20; ++n) {
      CAPTURE(c);
      CHECK(first_chars(repeat(c, 12), n) == repeat(c, n < 12 ? n : 12));
    }
}

TEST_CASE("an emoji is 1 to 16 code points without space or control") {
  const std::string good[] = {
      "\xf0\x9f\x91\x8d",                             // thumbs up
      "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd",             // with a skin tone
      "\xe2\x9d\xa4\xef\xb8\x8f",                     // with U+FE0F
      "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", // with a joiner
      "+1",
      "\"\\",
      repeat("\xf0\x9f\x91\x8d", 16),
  };
  for (auto& each : good) {
    CAPTURE(each);
    CHECK(valid_emoji(each));
  }
  const std::string bad[] = {
      "",
      repeat("\xf0\x9f\x91\x8d", 17),
      std::string(17, 'a'),
      "a b",
      " ",
      "\t",
      "\n",
      "\0"s,
      "a\x1f",
      "\x7f",
      "\xc2\x80",     // U+0080
      "\xc2\x85",     // next line
      "\xc2\x9f",     // U+009F
      "\xc2\xa0",     // no-break space
      "\xd8\x9c",     // U+061C
      "\xe1\x9a\x80", // U+1680
      "\xe2\x80\x80", // U+2000
      "\xe2\x80\x8a", // U+200A
      "\xe2\x80\x8b", // zero width space
      "\xe2\x80\x8e", // left-to-right mark
      "\xe2\x80\x8f", // right-to-left mark
      "\xe2\x80\xa8", // line separator
      "\xe2\x80\xa9", // paragraph separator
      "\xe2\x80\xae", // right-to-left override
      "\xe2\x80\xaf", // narrow no-break space
      "\xe2\x81\x9f", // U+205F
      "\xe2\x81\xa6", // U+2066
      "\xe3\x80\x80", // ideographic space
      "\xef\xbb\xbf", // U+FEFF
      "\xff",         // no UTF-8
      "\xf0\x9f\x91", // cut off
  };
  for (auto& each : bad) {
    CAPTURE(each);
    CHECK_FALSE(valid_emoji(each));
  }
}

TEST_CASE("a title is 1 to 100 code points, no controls, not only spaces") {
  const std::string good[] = {
      "a",
      " a ",
      "The team",
      "\xe5\x9b\xa2\xe9\x98\x9f",
      "\xd7\xa9\xe2\x80\x8f!", // with a right-to-left mark
      std::string(100, 'x'),
      repeat("\xf0\x9f\x98\x80", 100),
  };
  for (auto& each : good) {
    CAPTURE(each);
    CHECK(valid_title(each));
  }
  const std::string bad[] = {
      "",
      " ",
      "   ",
      "\xc2\xa0\xe3\x80\x80",
      "\xe2\x80\x8b",
      "a\nb",
      "a\0b"s,
      "a\xe2\x80\xa8",
      "a\xe2\x80\xae",
      "a\x7f",
      std::string(101, 'x'),
      repeat("\xf0\x9f\x98\x80", 101),
      "\xff",
  };
  for (auto& each : bad) {
    CAPTURE(each);
    CHECK_FALSE(valid_title(each));
  }
}
