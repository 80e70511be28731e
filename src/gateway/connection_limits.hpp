#pragma once

#include "parley/gateway/client_regions.hpp"

#include <boost/asio/ip/address.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

namespace parley::gateway {

/// How many connections there may be, in all and from one address. Safe to use
/// from any thread.
class connection_limits {
public:
  /// One connection that is counted as long as this lives.
  class place {
  public:
    place() = default;
    place(place&& other) noexcept;
    place& operator=(place&& other) noexcept;
    ~place() { leave(); }

    /// Whose connection it is.
    const address_bytes& address() const noexcept { return address_; }

  private:
    friend class connection_limits;

    void leave() noexcept;

    connection_limits* of_ = nullptr;
    address_bytes address_{};
  };

  /// @param per_address 0: no limit.
  connection_limits(size_t total, size_t per_address)
      : total_(total), per_address_(per_address) {}

  /// A place for a connection from `address`; nothing when a limit is reached.
  std::optional<place> enter(const boost::asio::ip::address& address);

  size_t count() const noexcept {
    return count_.load(std::memory_order_relaxed);
  }

private:
  bool count_address(const address_bytes& address);

  size_t total_;
  size_t per_address_;
  std::atomic<size_t> count_{0};
  std::mutex lock_;
  /// Only kept if there is a limit; it has at most `total_` entries.
  std::map<address_bytes, size_t> by_address_;
};

} // namespace parley::gateway
