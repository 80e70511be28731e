#pragma once

#include "gateway/mailbox.hpp"
#include "gateway/net.hpp"
#include "gateway/outgoing_frame.hpp"
#include "gateway/peer.hpp"
#include "gateway/wheel.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace parley::gateway {

/// One I/O thread with all that its clients share: the event loop, the wheel
/// with their deadlines, the mailbox for other threads, frames to write with.
/// A client lives on one hub, so that none of this needs a lock.
class hub {
public:
  using milliseconds = std::chrono::milliseconds;

  /// @param tick how exact the deadlines are.
  explicit hub(milliseconds tick);
  ~hub();

  /// Starts the thread.
  void start(const std::string& name);

  /// Ends all clients and joins the thread. From another thread; repeated calls
  /// do nothing.
  void stop();

  // -- from any thread

  void put(mail x) { mailbox_.put(std::move(x)); }
  void post(mailbox::task what) { mailbox_.put(std::move(what)); }
  net::io_context& io() noexcept { return io_; }

  // -- on this hub's thread

  wheel::tick now() const noexcept { return wheel_.now(); }

  /// How many ticks make at least `span`; 1 for none.
  wheel::tick ticks(milliseconds span) const noexcept;

  void schedule(peer& who, wheel::tick when) noexcept {
    wheel_.schedule(who, when);
  }
  static void remove(peer& who) noexcept { wheel::remove(who); }

  /// Calls `visit(peer&)` for each client, which may end itself in it.
  void for_each(const std::function<void(peer&)>& visit);

  bool stopping() const noexcept { return stopping_; }

  std::unique_ptr<outgoing_frame> take_frame();
  void give_back(std::unique_ptr<outgoing_frame> frame);

private:
  void run() noexcept;
  void deliver_mail();
  void start_tick();
  void on_tick();

  const milliseconds tick_;
  wheel wheel_; // Before io_: its destructor destroys clients, who are in here.
  mailbox mailbox_;
  mailbox::contents mail_;
  std::vector<std::unique_ptr<outgoing_frame>> frames_;
  net::io_context io_;
  steady_timer timer_;
  std::chrono::steady_clock::time_point last_tick_;
  bool stopping_ = false;
  std::thread thread_;
};

using hub_ptr = std::shared_ptr<hub>;

} // namespace parley::gateway
