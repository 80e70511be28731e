#pragma once

#include "parley/base/clock.hpp"

#include <chrono>
#include <mutex>
#include <string>

namespace parley::push {

/// The token that all requests to Apple share until it is renewed. Apple
/// refuses those that are older than 60 minutes, and whoever renews his within
/// 20. From any thread.
class apns_tokens {
public:
  /// @param key ES256, in PEM.
  apns_tokens(std::string key, std::string key_id, std::string team_id,
              const wall_clock& clock);

  /// Nothing if it could not be signed.
  std::string current();

  /// Apple found it too old: its clock is not ours.
  void expired();

private:
  std::chrono::milliseconds age(timestamp now) const;

  const std::string key_;
  const std::string key_id_;
  const std::string team_id_;
  const wall_clock& clock_;
  std::mutex lock_;
  std::string token_;
  timestamp made_ = 0;
};

} // namespace parley::push
