#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace parley::config {

/// Reads an integer and its unit, `ms`, `s`, `m`, `h` or `d`, without space or
/// sign. Nothing for anything else, and for more than about 290 years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The same in reverse, in the largest unit that divides it.
std::string format_duration(std::chrono::milliseconds value);

} // namespace parley::config
