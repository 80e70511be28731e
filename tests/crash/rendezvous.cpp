#include "crash/rendezvous.hpp"

namespace parley::test {

void rendezvous::announce(const endpoint& where) {
  std::lock_guard guard(mutex_);
  newest_ = {where, newest_.number + 1};
  changed_.notify_all();
}

rendezvous::announcement rendezvous::wait_newer(uint64_t known,
                                                milliseconds limit) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, limit, [&] { return newest_.number > known; });
  return newest_;
}

void rendezvous::count_acks(uint64_t more) {
  std::lock_guard guard(mutex_);
  acks_ += more;
  changed_.notify_all();
}

uint64_t rendezvous::acks() const {
  std::lock_guard guard(mutex_);
  return acks_;
}

bool rendezvous::wait_acks(uint64_t total, milliseconds limit) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [&] { return acks_ >= total; });
}

void rendezvous::stop_sending() {
  std::lock_guard guard(mutex_);
  sending_ = false;
}

bool rendezvous::sending() const {
  std::lock_guard guard(mutex_);
  return sending_;
}

} // namespace parley::test
