#include "parley/base/crc32c.hpp"

#include <array>
#include <cstddef>
#include <cstring>

#ifdef __x86_64__
#  include <nmmintrin.h>
#endif

namespace parley {

namespace {

constexpr uint32_t polynomial = 0x82F63B78; ///< Lowest bit first.

constexpr std::array<uint32_t, 256> make_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < table.size(); ++i) {
    auto x = i;
    for (int bit = 0; bit < 8; ++bit)
      x = (x & 1) != 0 ? (x >> 1) ^ polynomial : x >> 1;
    table[i] = x;
  }
  return table;
}

constexpr auto table = make_table();

#ifdef __x86_64__

__attribute__((target("sse4.2"))) uint32_t
by_instruction(uint32_t before, std::string_view bytes) noexcept {
  uint64_t wide = ~before;
  uint64_t eight = 0;
  for (; bytes.size() >= sizeof eight; bytes.remove_prefix(sizeof eight)) {
    std::memcpy(&eight, bytes.data(), sizeof eight);
    wide = _mm_crc32_u64(wide, eight);
  }
  auto crc = static_cast<uint32_t>(wide);
  for (auto byte : bytes)
    crc = _mm_crc32_u8(crc, static_cast<unsigned char>(byte));
  return ~crc;
}

#endif

} // namespace

uint32_t crc32c_by_table(uint32_t before, std::string_view bytes) noexcept {
  auto crc = ~before;
  for (auto byte : bytes)
    crc = table[(crc ^ static_cast<unsigned char>(byte)) & 0xFF] ^ (crc >> 8);
  return ~crc;
}

uint32_t crc32c(uint32_t before, std::string_view bytes) noexcept {
#ifdef __x86_64__
  static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
  if (has_instruction)
    return by_instruction(before, bytes);
#endif
  return crc32c_by_table(before, bytes);
}

} // namespace parley
