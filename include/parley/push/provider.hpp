#pragma once

#include "parley/push/subscription.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace parley::push {

struct notification {
  std::string id; ///< The same when it is sent again.
  std::string user;
  std::string conv;
  std::string title;
  std::string body; ///< Empty unless the configuration lets text leave.
  uint64_t badge = 0;
  std::string collapse_key; ///< One a conversation; up to 32 of base64url.
  std::chrono::seconds ttl{0};
  int64_t ts_ms = 0;
};

enum class verdict : uint8_t {
  taken,   ///< The service answers for it from here on.
  gone,    ///< The subscription is dead: drop it.
  later,   ///< Send it again, not before `retry_after`.
  refused, ///< It will never be taken: drop this notification.
};

struct outcome {
  verdict said = verdict::later;
  std::optional<std::chrono::seconds> retry_after;
  std::string detail; ///< For the log; holds no token and no text.
};

/// Hands notifications to a push service. Safe to call from any thread.
class provider {
public:
  virtual ~provider() = default;

  /// @param to null for a webhook only. Copied if it is needed later.
  /// @param done is called exactly once, on the transport's thread or before
  /// `send` returns, and must not block.
  virtual void send(const notification& what, const target* to,
                    std::function<void(outcome)> done) = 0;
};

} // namespace parley::push
