#include "parley/server/disk_watch.hpp"

#include "parley/base/log.hpp"

namespace parley::server {

namespace {

uint64_t percent_used(const disk_space& space) noexcept {
  auto all =
      static_cast<double>(space.used) + static_cast<double>(space.available);
  if (all <= 0)
    return 0;
  return static_cast<uint64_t>(static_cast<double>(space.used) * 100 / all);
}

} // namespace

disk_state judge(const disk_space& space,
                 const config::storage_settings& by) noexcept {
  auto percent = percent_used(space);
  if (percent >= by.disk_refuse_percent)
    return disk_state::refusing;
  if (percent >= by.disk_warn_percent)
    return disk_state::filling;
  return disk_state::fine;
}

void disk_watch::look(const disk_space& space) noexcept {
  auto now = judge(space, by_);
  if (now == state_)
    return;
  state_ = now;
  refuses_.store(now == disk_state::refusing, std::memory_order_relaxed);
  auto percent = percent_used(space);
  if (now == disk_state::refusing)
    log::error("disk.refusing", "used={}% available_bytes={} sends are refused",
               percent, space.available);
  else if (now == disk_state::filling)
    log::warn("disk.filling", "used={}% available_bytes={} refuse_at={}%",
              percent, space.available, by_.disk_refuse_percent);
  else
    log::info("disk.fine", "used={}% available_bytes={}", percent,
              space.available);
}

} // namespace parley::server
