#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

/// Eight bytes of text at a time, for loops that run once per byte of every
/// message.
namespace parley::protocol::words {

inline constexpr size_t size = 8;
inline constexpr uint64_t ones = 0x0101010101010101;
inline constexpr uint64_t high_bits = 0x8080808080808080;

inline uint64_t load(const char* from) noexcept {
  uint64_t word;
  std::memcpy(&word, from, size);
  return word;
}

/// Whether some byte is below `limit`, which is at most 128.
inline bool any_below(uint64_t word, uint8_t limit) noexcept {
  return ((word - ones * limit) & ~word & high_bits) != 0;
}

inline bool any_equal(uint64_t word, char c) noexcept {
  return any_below(word ^ (ones * static_cast<uint8_t>(c)), 1);
}

} // namespace parley::protocol::words
