#include "gateway/connection_limits.hpp"

#include "parley/base/metrics.hpp"

#include <algorithm>
#include <utility>

namespace parley::gateway {

namespace {

using boost::asio::ip::address;

/// An IPv4 address as IPv6 maps it, so that a client counts once however it
/// came.
address_bytes bytes_of(const address& x) {
  using namespace boost::asio::ip;
  return x.is_v4() ? make_address_v6(v4_mapped, x.to_v4()).to_bytes()
                   : x.to_v6().to_bytes();
}

} // namespace

connection_limits::place::place(place&& other) noexcept
    : of_(std::exchange(other.of_, nullptr)), address_(other.address_) {}

connection_limits::place&
connection_limits::place::operator=(place&& other) noexcept {
  if (this != &other) {
    leave();
    of_ = std::exchange(other.of_, nullptr);
    address_ = other.address_;
  }
  return *this;
}

void connection_limits::place::leave() noexcept {
  auto* of = std::exchange(of_, nullptr);
  if (!of)
    return;
  of->count_.fetch_sub(1, std::memory_order_relaxed);
  metrics::move(metrics::gauge::connections, -1);
  if (of->per_address_ == 0)
    return;
  std::lock_guard guard{of->lock_};
  auto i = of->by_address_.find(address_);
  if (i != of->by_address_.end() && --i->second == 0)
    of->by_address_.erase(i);
}

std::optional<connection_limits::place>
connection_limits::enter(const address& from) {
  place entered;
  entered.address_ = bytes_of(from);
  if (count_.fetch_add(1, std::memory_order_relaxed) >= total_
      || !count_address(entered.address_)) {
    count_.fetch_sub(1, std::memory_order_relaxed);
    return std::nullopt;
  }
  entered.of_ = this;
  metrics::move(metrics::gauge::connections, 1);
  return entered;
}

bool connection_limits::count_address(const address_bytes& address) {
  if (per_address_ == 0)
    return true;
  std::lock_guard guard{lock_};
  auto& count = by_address_[address];
  if (count >= per_address_)
    return false;
  ++count;
  return true;
}

} // namespace parley::gateway
