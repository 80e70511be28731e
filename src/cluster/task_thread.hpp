#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace parley::cluster {

/// A thread that runs tasks one after the other, and one of them regularly.
class task_thread {
public:
  /// @param beat is run every `interval`, between the tasks.
  task_thread(std::chrono::milliseconds interval, std::function<void()> beat);
  task_thread(const task_thread&) = delete;
  task_thread& operator=(const task_thread&) = delete;
  /// Runs what was posted before, and nothing after.
  ~task_thread();

  /// From any thread. Dropped once the end has begun.
  void post(std::function<void()> task);

private:
  void run(std::chrono::milliseconds interval);

  std::function<void()> beat_;
  std::mutex lock_;
  std::condition_variable woken_;
  std::deque<std::function<void()>> tasks_;
  bool ends_ = false;
  std::thread thread_;
};

} // namespace parley::cluster
