#include "gateway/send_rates.hpp"

namespace parley::gateway {

uint32_t send_rates::take(const std::string& user, timestamp now) {
  if (per_s_ == 0)
    return 0;
  std::lock_guard guard{lock_};
  if (buckets_.size() >= users_max && !buckets_.contains(user))
    buckets_.clear();
  return buckets_.try_emplace(user, per_s_, burst_).first->second.take(now);
}

} // namespace parley::gateway
