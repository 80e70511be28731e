#pragma once

#include <cstdint>

/// Fault points: places at which a test build can be told to die, by
/// `PARLEY_FAULT=name[:n]` (the n-th time, 1 by default). A release has none.
namespace parley::fault {

#ifdef PARLEY_FAULTS

/// Ends the process at once, as SIGKILL would, if `name` is armed and its
/// count is reached. Thread-safe.
void point(const char* name) noexcept;

/// Whether `name` is the armed point, for code that must hold something back
/// until the point is reached.
bool armed(const char* name) noexcept;

/// By how many milliseconds this process's clock is ahead of the machine's:
/// `PARLEY_CLOCK_AHEAD_MS`, else 0.
int64_t clock_ahead() noexcept;

#else

inline void point(const char*) noexcept {}
inline bool armed(const char*) noexcept {
  return false;
}
inline int64_t clock_ahead() noexcept {
  return 0;
}

#endif

} // namespace parley::fault
