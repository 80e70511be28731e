#include "config/duration.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

namespace parley::config {

namespace {

struct unit {
  std::string_view name;
  int64_t ms;
};

constexpr auto units =
    std::array{unit{"d", 86'400'000}, unit{"h", 3'600'000}, unit{"m", 60'000},
               unit{"s", 1'000}, unit{"ms", 1}};

/// What fits in a system clock's nanoseconds, so that adding it to a time
/// point cannot overflow by itself.
constexpr int64_t ms_max = std::numeric_limits<int64_t>::max() / 1'000'000;

} // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  uint64_t count = 0;
  auto end = text.data() + text.size();
  auto [rest, failure] = std::from_chars(text.data(), end, count);
  if (failure != std::errc{})
    return std::nullopt;
  auto suffix = std::string_view{rest, static_cast<size_t>(end - rest)};
  for (auto& each : units)
    if (suffix == each.name && count <= static_cast<uint64_t>(ms_max / each.ms))
      return std::chrono::milliseconds{static_cast<int64_t>(count) * each.ms};
  return std::nullopt;
}

std::string format_duration(std::chrono::milliseconds x) {
  auto ms = x.count();
  for (auto& each : units)
    if (ms != 0 && ms % each.ms == 0)
      return fmt::format("{}{}", ms / each.ms, each.name);
  return "0s";
}

} // namespace parley::config
