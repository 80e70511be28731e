#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>

/// One event, one line: `log::info("node.ready", "address={}", address)`.
/// Lines go to stderr. Safe to call from any thread; never log a body, a
/// password or a token.
namespace parley::log {

enum class level { trace, debug, info, warn, error, off };

/// @returns false if `name` is none of the levels.
bool set_level(std::string_view name) noexcept;
level current() noexcept;
void write(level at, std::string_view event, std::string_view text) noexcept;

template <class... Args>
void emit(level at, std::string_view event, fmt::format_string<Args...> text,
          Args&&... args) {
  if (at >= current())
    write(at, event, fmt::format(text, std::forward<Args>(args)...));
}

template <class... Args>
void debug(std::string_view event, fmt::format_string<Args...> text,
           Args&&... args) {
  emit(level::debug, event, text, std::forward<Args>(args)...);
}
template <class... Args>
void info(std::string_view event, fmt::format_string<Args...> text,
          Args&&... args) {
  emit(level::info, event, text, std::forward<Args>(args)...);
}
template <class... Args>
void warn(std::string_view event, fmt::format_string<Args...> text,
          Args&&... args) {
  emit(level::warn, event, text, std::forward<Args>(args)...);
}
template <class... Args>
void error(std::string_view event, fmt::format_string<Args...> text,
           Args&&... args) {
  emit(level::error, event, text, std::forward<Args>(args)...);
}

} // namespace parley::log
