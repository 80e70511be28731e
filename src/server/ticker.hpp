#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace parley::server {

/// Calls `beat` once a second on a thread of its own until it is destroyed.
class ticker {
public:
  explicit ticker(std::function<void()> beat)
      : thread_([this, beat = std::move(beat)](std::stop_token stopped) {
          run(stopped, beat);
        }) {}

private:
  void run(const std::stop_token& stopped, const std::function<void()>& beat) {
    std::unique_lock lock{guard_};
    auto next = std::chrono::steady_clock::now();
    while (!stopped.stop_requested()) {
      beat();
      next += std::chrono::seconds{1};
      wakeup_.wait_until(lock, stopped, next, [] { return false; });
    }
  }

  std::mutex guard_;
  std::condition_variable_any wakeup_;
  std::jthread thread_; ///< Last: it uses the others.
};

} // namespace parley::server
