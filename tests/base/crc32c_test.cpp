#include "parley/base/crc32c.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace parley;

TEST_CASE("CRC-32C is that of RFC 3720") {
  std::string ascending(32, '\0');
  for (size_t i = 0; i < ascending.size(); ++i)
    ascending[i] = static_cast<char>(i);
  for (auto* crc : {crc32c, crc32c_by_table}) {
    CHECK(crc(0, "") == 0);
    CHECK(crc(0, "123456789") == 0xE3069283);
    CHECK(crc(0, std::string(32, '\0')) == 0x8A9136AA);
    CHECK(crc(0, std::string(32, '\xFF')) == 0x62A8AB43);
    CHECK(crc(0, ascending) == 0x46DD794E);
  }
}

TEST_CASE("the processor's instruction and the table agree on any length") {
  std::string bytes;
  for (uint32_t i = 0; i < 200; ++i) {
    for (size_t from = 0; from < 9 && from <= bytes.size(); ++from) {
      auto part = std::string_view{bytes}.substr(from);
      CHECK(crc32c(i, part) == crc32c_by_table(i, part));
    }
    bytes.push_back(static_cast<char>(i * 167));
  }
}

TEST_CASE("a CRC goes on where another one ended") {
  constexpr std::string_view whole = "what is said in two parts";
  for (size_t at = 0; at <= whole.size(); ++at)
    CHECK(crc32c(crc32c(0, whole.substr(0, at)), whole.substr(at))
          == crc32c(0, whole));
}
