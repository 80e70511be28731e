#include "cluster/task_thread.hpp"

#include <utility>

namespace parley::cluster {

task_thread::task_thread(std::chrono::milliseconds interval,
                         std::function<void()> beat)
    : beat_(std::move(beat)), thread_([this, interval] { run(interval); }) {}

task_thread::~task_thread() {
  {
    auto held = std::lock_guard{lock_};
    ends_ = true;
  }
  woken_.notify_one();
  thread_.join();
}

void task_thread::post(std::function<void()> task) {
  {
    auto held = std::lock_guard{lock_};
    if (ends_)
      return;
    tasks_.push_back(std::move(task));
  }
  woken_.notify_one();
}

void task_thread::run(std::chrono::milliseconds interval) {
  using clock = std::chrono::steady_clock;
  auto due = clock::now() + interval;
  auto held = std::unique_lock{lock_};
  for (;;) {
    woken_.wait_until(held, due, [this] { return ends_ || !tasks_.empty(); });
    auto now = std::exchange(tasks_, {});
    auto last = ends_;
    held.unlock();
    for (auto& each : now)
      each();
    if (last)
      return;
    if (clock::now() >= due) {
      beat_();
      due = clock::now() + interval;
    }
    held.lock();
  }
}

} // namespace parley::cluster
