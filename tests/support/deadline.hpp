#pragma once

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>

namespace parley::test {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// How long a test waits for what must come. Only a failing test ever waits
/// this long, so it is generous for sanitizers and for busy machines.
inline constexpr milliseconds patience{30'000};

/// What was awaited did not come in time.
struct timed_out : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Repeats `probe` until it holds. For state that has no event to wait for;
/// `probe` should ask the node, and so take a round trip.
/// @returns whether it came to hold within `limit`.
inline bool eventually(const std::function<bool()>& probe,
                       milliseconds limit = patience) {
  const auto deadline = clock::now() + limit;
  while (!probe())
    if (clock::now() > deadline)
      return false;
  return true;
}

} // namespace parley::test
