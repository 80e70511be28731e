#pragma once

#include "parley/config/settings.hpp"

#include <atomic>
#include <cstdint>

namespace parley::server {

/// Space of a file system as its users can have it, in bytes.
struct disk_space {
  uint64_t used = 0;
  uint64_t available = 0;
};

enum class disk_state : uint8_t { fine, filling, refusing };

/// Where the use of a disk stands between the operator's thresholds; each
/// begins at its value. The percentage is what `df` shows, in whole numbers
/// rounded down.
disk_state judge(const disk_space& space,
                 const config::storage_settings& by) noexcept;

/// Refuses sends while the disk is nearly full, and tells of changes in the
/// log. For one thread; the flag may be read by all.
class disk_watch {
public:
  disk_watch(const config::storage_settings& by, std::atomic<bool>& refuses)
      : by_(by), refuses_(refuses) {}

  void look(const disk_space& space) noexcept;

private:
  config::storage_settings by_;
  std::atomic<bool>& refuses_;
  disk_state state_ = disk_state::fine;
};

} // namespace parley::server
