#include "parley/base/fault.hpp"

#ifdef PARLEY_FAULTS

#  include <atomic>
#  include <charconv>
#  include <csignal>
#  include <cstdint>
#  include <cstdio>
#  include <cstdlib>
#  include <string_view>
#  include <unistd.h>

namespace parley::fault {

namespace {

struct armed_point {
  std::string_view name; ///< Empty: none is.
  uint32_t count = 1;    ///< The process dies the count-th time.
};

/// A crash test whose fault is mistyped would pass for the wrong reason, so
/// that a bad value ends the process at once.
armed_point read_environment() noexcept {
  const char* text = std::getenv("PARLEY_FAULT");
  if (text == nullptr)
    return {};
  auto all = std::string_view{text};
  auto colon = all.rfind(':');
  armed_point out{all.substr(0, colon), 1};
  if (colon == std::string_view::npos)
    return out;
  auto digits = all.substr(colon + 1);
  auto end = digits.data() + digits.size();
  auto [rest, failure] = std::from_chars(digits.data(), end, out.count);
  if (failure != std::errc{} || rest != end || out.count == 0) {
    std::fputs("PARLEY_FAULT: expected name[:n], n from 1\n", stderr);
    std::_Exit(2);
  }
  return out;
}

const armed_point& the_point() noexcept {
  static const armed_point instance = read_environment();
  return instance;
}

std::atomic<uint32_t> passed{0};

} // namespace

void point(const char* name) noexcept {
  if (armed(name) && passed.fetch_add(1) + 1 == the_point().count)
    ::kill(::getpid(), SIGKILL);
}

bool armed(const char* name) noexcept {
  return the_point().name == name;
}

int64_t clock_ahead() noexcept {
  static const int64_t ahead = [] {
    const char* text = std::getenv("PARLEY_CLOCK_AHEAD_MS");
    return text ? std::strtoll(text, nullptr, 10) : 0;
  }();
  return ahead;
}

} // namespace parley::fault

#endif
