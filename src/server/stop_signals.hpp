#pragma once

#include <csignal>

namespace parley::server {

/// The signals that stop a node, taken by waiting instead of by a handler.
/// Make it in the main thread before any other thread begins, so that they all
/// leave the signals to it.
class stop_signals {
public:
  stop_signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    std::signal(SIGHUP, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
  }

  /// Blocks until one arrives, and gives its number.
  int wait() const {
    int got = 0;
    while (sigwait(&set_, &got) != 0)
      continue;
    return got;
  }

private:
  sigset_t set_{};
};

} // namespace parley::server
