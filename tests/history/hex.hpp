#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace parley::test {

/// Bytes as lower-case hexadecimal digits.
inline std::string hex(std::string_view bytes) {
  std::string text;
  for (auto c : bytes)
    for (auto shift : {4, 0})
      text += "0123456789abcdef"[(static_cast<uint8_t>(c) >> shift) & 15];
  return text;
}

} // namespace parley::test
