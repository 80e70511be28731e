#pragma once

#include "support/deadline.hpp"

#include "parley/cluster/coordination.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>

namespace parley::test {

/// An executor whose tasks the test runs.
class task_queue {
public:
  task_queue() = default;
  task_queue(const task_queue&) = delete;
  task_queue& operator=(const task_queue&) = delete;

  /// Drops what is left: a task may hold a poster, and with it what it is in.
  ~task_queue() {
    decltype(state::tasks) left;
    std::lock_guard guard(state_->mutex);
    left.swap(state_->tasks);
  }

  cluster::executor poster() {
    return [to = state_](std::function<void()> task) {
      std::lock_guard guard(to->mutex);
      to->tasks.push_back(std::move(task));
      to->grown.notify_all();
    };
  }

  /// Runs what is there and what comes of it.
  /// @returns how many tasks that were.
  size_t run() {
    size_t count = 0;
    for (; auto task = take(milliseconds{0}); ++count)
      task();
    return count;
  }

  /// Runs one task, which may come within `limit`.
  /// @returns whether there was one.
  bool run_one(milliseconds limit) {
    auto task = take(limit);
    if (task)
      task();
    return task != nullptr;
  }

private:
  std::function<void()> take(milliseconds limit) {
    std::unique_lock lock(state_->mutex);
    auto has_one = [&] {
      return !state_->tasks.empty();
    };
    if (!state_->grown.wait_for(lock, limit, has_one))
      return nullptr;
    auto out = std::move(state_->tasks.front());
    state_->tasks.pop_front();
    return out;
  }

  struct state {
    std::mutex mutex;
    std::condition_variable grown;
    std::deque<std::function<void()>> tasks;
  };
  std::shared_ptr<state> state_ = std::make_shared<state>();
};

} // namespace parley::test
