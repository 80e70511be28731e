#pragma once

#include "parley/base/error.hpp"
#include "parley/base/random.hpp"
#include "parley/config/settings.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace parley::gateway {

/// Hashes and checks passwords by Argon2id (RFC 9106) on its own threads, so
/// that nobody else waits for it. Memory is bounded by the threads, waiting
/// jobs by auth.argon2_queue. Safe to call from any thread.
class password_pool {
public:
  /// Makes one hash, so it blocks for as long as that takes.
  password_pool(const config::auth_settings& from, random_source& random);

  /// Finishes the jobs that run; those that wait are answered `unavailable`.
  ~password_pool();

  /// Calls `done` once with the encoded hash (`$argon2id$…`): from a thread of
  /// the pool, or at once with `unavailable` when the queue is full. `done`
  /// must not block.
  void hash(std::string password,
            std::function<void(result<std::string>)> done);

  /// Calls `done` once with whether `password` is the one behind `encoded`, as
  /// above. An empty `encoded` stands for nobody: the answer is false, and
  /// takes as long as any other.
  void verify(std::string encoded, std::string password,
              std::function<void(result<bool>)> done);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace parley::gateway
