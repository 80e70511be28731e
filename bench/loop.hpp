#pragma once

#include "net.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>

namespace parley::bench {

/// With nothing moving for so long, a run is given up.
constexpr std::chrono::seconds silence_max{30};

/// The generator's only thread of control: it sets things up, lets the sockets
/// run for a while, and looks at what came of it.
class loop {
public:
  net::io_context& io() { return io_; }

  /// Handles what happens for this long.
  void run_for(std::chrono::nanoseconds time) {
    // A timer that stops the loop; io_context::run_for would read the clock
    // before every handler.
    net::steady_timer end{io_, time};
    end.async_wait([this](error_code ec) {
      if (!ec)
        io_.stop();
    });
    io_.restart();
    io_.run();
  }

  /// Handles what happens until `done()`, which is asked every few
  /// milliseconds.
  /// @returns false if `limit` passed before.
  template <class Done>
  bool run_until(Done done, std::chrono::nanoseconds limit) {
    auto deadline = std::chrono::steady_clock::now() + limit;
    while (!done()) {
      if (std::chrono::steady_clock::now() >= deadline)
        return false;
      run_for(std::chrono::milliseconds{2});
    }
    return true;
  }

private:
  net::io_context io_{1};
};

} // namespace parley::bench
