#pragma once

#include "parley/base/clock.hpp"
#include "parley/model/token_bucket.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace parley::gateway {

/// How often users may send over HTTP: one bucket a user, as a session has its
/// own. Safe to use from any thread.
class send_rates {
public:
  static constexpr size_t users_max = 65'536;

  send_rates(uint32_t per_s, uint32_t burst) : per_s_(per_s), burst_(burst) {}

  /// @returns 0 if `user` may send now, else after how many milliseconds.
  /// When the table is full it starts anew: everyone gets a burst, and nobody
  /// is refused for what others do.
  uint32_t take(const std::string& user, timestamp now);

private:
  uint32_t per_s_;
  uint32_t burst_;
  std::mutex lock_;
  std::unordered_map<std::string, model::token_bucket> buckets_;
};

} // namespace parley::gateway
