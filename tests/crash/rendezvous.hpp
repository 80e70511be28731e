#pragma once

#include "support/deadline.hpp"
#include "support/server_process.hpp"

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace parley::test {

/// Where client threads and the one that kills the node meet: the node's
/// present address, and how far the clients are. Safe to call from any thread.
class rendezvous {
public:
  /// Tells where the node listens from now on.
  void announce(const endpoint& where);

  /// An announced address and its number, counted from 1.
  struct announcement {
    endpoint where;
    uint64_t number = 0;
  };

  /// The newest address, as soon as it is newer than number `known` or `limit`
  /// has passed.
  announcement wait_newer(uint64_t known, milliseconds limit) const;

  void count_acks(uint64_t more);
  uint64_t acks() const;
  /// @returns whether the clients got there within `limit`.
  bool wait_acks(uint64_t total, milliseconds limit) const;

  /// Tells the clients to send nothing new.
  void stop_sending();
  bool sending() const;

private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  announcement newest_;
  uint64_t acks_ = 0;
  bool sending_ = true;
};

} // namespace parley::test
