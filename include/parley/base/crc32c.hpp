#pragma once

#include <cstdint>
#include <string_view>

namespace parley {

/// CRC-32C (Castagnoli, as in iSCSI) of bytes of which `before` is the CRC, and
/// then `bytes`. Begins with 0. By the processor's own instruction, where it
/// has one: 0.2 ns a byte instead of almost four.
uint32_t crc32c(uint32_t before, std::string_view bytes) noexcept;

/// The same for any processor.
uint32_t crc32c_by_table(uint32_t before, std::string_view bytes) noexcept;

} // namespace parley
