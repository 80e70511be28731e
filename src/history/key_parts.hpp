#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// What the part itself has to know of the inside of keys.
namespace parley::history {

/// The last byte of a key in `messages`.
enum class row_part : uint8_t { entry = 0, overlay = 1 };

/// The third byte of a key in `log`.
enum class log_part : uint8_t { marks = 0, entry = 1 };

inline constexpr size_t place_bytes = 2 + 16; ///< Partition and hash.
inline constexpr size_t message_key_bytes = place_bytes + 8 + 1;
inline constexpr size_t inbox_key_bytes = place_bytes + 8;
inline constexpr size_t log_key_bytes = 2 + 1 + 8;
inline constexpr size_t key_bytes_max = 128; ///< Longer than any key.

/// @returns false for what is not the key of an entry or overlay.
bool parse_message_key(std::string_view key, uint64_t& seq, row_part& part);

/// @returns false for what is not the key of an inbox chunk.
bool parse_inbox_key(std::string_view key, uint64_t& last_useq);

/// @returns false for what is not the key of a log entry.
bool parse_log_key(std::string_view key, uint64_t& index);

} // namespace parley::history
