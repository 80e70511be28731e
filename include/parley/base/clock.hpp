#pragma once

#include "parley/base/fault.hpp"

#include <chrono>
#include <cstdint>

namespace parley {

/// Milliseconds since the Unix epoch, UTC. Nothing about order is decided by
/// it.
using timestamp = int64_t;

/// Tells the time. Passed in everywhere, so that a test owns it. Safe to call
/// from any thread.
class wall_clock {
public:
  virtual ~wall_clock() = default;
  virtual timestamp now() const noexcept = 0;
};

class system_wall_clock final : public wall_clock {
public:
  timestamp now() const noexcept override {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch())
               .count()
           + fault::clock_ahead();
  }
};

/// For tests: stands still until it is moved. Not for several threads.
class manual_wall_clock final : public wall_clock {
public:
  explicit manual_wall_clock(timestamp at = 1'700'000'000'000) : at_(at) {}
  timestamp now() const noexcept override { return at_; }
  void advance(std::chrono::milliseconds by) { at_ += by.count(); }

private:
  timestamp at_;
};

} // namespace parley
