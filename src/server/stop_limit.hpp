#pragma once

#include "parley/base/log.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unistd.h>

namespace parley::server {

/// While it lives, a stop may take so long; then the process ends at once. What
/// was acknowledged is durable by then, the next start delivers the rest.
class stop_limit {
public:
  explicit stop_limit(std::chrono::seconds within)
      : thread_([this, within](std::stop_token over) {
          std::unique_lock lock{guard_};
          wakeup_.wait_for(lock, over, within, [] { return false; });
          if (over.stop_requested())
            return;
          log::error("node.stop_late", "ended after {} s", within.count());
          ::_exit(0);
        }) {}

private:
  std::mutex guard_;
  std::condition_variable_any wakeup_;
  std::jthread thread_; ///< Last: it uses the others.
};

} // namespace parley::server
