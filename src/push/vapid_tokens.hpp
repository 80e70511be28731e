#pragma once

#include "parley/base/clock.hpp"
#include "parley/push/vapid_keys.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace parley::push {

/// RFC 8292, 2: the longest that a token may live.
inline constexpr std::chrono::hours vapid_life_max{24};

/// Says to a push service who sends (RFC 8292). Tokens are kept for each
/// service, as services keep what they have verified. From any thread.
class vapid_tokens {
public:
  /// @param contact `mailto:` or `https:`.
  vapid_tokens(vapid_keys keys, std::string contact, std::chrono::seconds life,
               const wall_clock& clock);

  /// The value of `Authorization`; nothing if no token could be made.
  std::string authorization(const std::string& origin);

private:
  struct kept {
    std::string value;
    timestamp made = 0;
  };

  /// Half of its life is left: enough for a service whose clock differs. A
  /// clock that was set back would make it live too long.
  bool fresh(const kept& token, timestamp now) const;

  void make_room(timestamp now);

  vapid_keys keys_;
  std::string contact_;
  std::chrono::seconds life_;
  const wall_clock& clock_;
  std::mutex lock_;
  std::map<std::string, kept> kept_; ///< By origin.
};

} // namespace parley::push
