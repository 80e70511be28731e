#include "parley/base/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <string>

namespace parley::log {

namespace {

constexpr std::array<std::string_view, 6> level_names{"trace", "debug", "info",
                                                      "warn",  "error", "off"};

std::atomic<level> least{level::info};

/// Never destroyed: a thread may still log while the process ends.
spdlog::logger& logger() {
  static auto& instance = []() -> spdlog::logger& {
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    auto& made = *new spdlog::logger("parley", std::move(sink));
    made.set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %v",
                     spdlog::pattern_time_type::utc);
    made.set_level(spdlog::level::trace);
    return made;
  }();
  return instance;
}

bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// A line break in a text could pass for another event.
std::string escaped(std::string_view text) {
  std::string out;
  for (auto c : text) {
    if (is_control(c))
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      out.push_back(c);
  }
  return out;
}

} // namespace

bool set_level(std::string_view name) noexcept {
  auto found = std::find(level_names.begin(), level_names.end(), name);
  if (found == level_names.end())
    return false;
  least.store(static_cast<level>(found - level_names.begin()),
              std::memory_order_relaxed);
  return true;
}

level current() noexcept {
  return least.load(std::memory_order_relaxed);
}

void write(level at, std::string_view event, std::string_view text) noexcept {
  auto name = level_names[static_cast<size_t>(at)];
  auto all = spdlog::level::critical; // The level was tested before.
  if (std::any_of(text.begin(), text.end(), is_control))
    logger().log(all, "{} {} {}", name, event, escaped(text));
  else
    logger().log(all, "{} {} {}", name, event, text);
}

} // namespace parley::log
