#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace parley::server {

/// How fast a counter goes up, over the last ten samples, of which one is taken
/// a second. Safe to use from any thread.
class rate_meter {
public:
  void sample(uint64_t total) noexcept;
  double per_second() const noexcept;

private:
  mutable std::mutex guard_;
  std::array<uint64_t, 11> totals_{};
  size_t taken_ = 0;
};

} // namespace parley::server
