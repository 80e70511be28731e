#pragma once

#include "fleet.hpp"
#include "target.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace parley::bench {

/// Sessions that watch each other, room by room, and change their status.
/// Every change must reach every watcher.
class presence_load final : public fleet {
public:
  presence_load(target& system, uint32_t rooms, uint32_t room_size,
                loop& runner, fault_log& faults);

  /// Makes users, sessions and groups, as one sees only whom one shares a
  /// conversation with; then everyone watches the others of the room.
  /// @throws std::runtime_error if the target does not do its part.
  void set_up();

  /// The server's CPU time for each user on a watch list.
  double watch_us() const { return watch_us_; }

  struct figures {
    double us_per_told = 0; ///< CPU time for each session that is told.
    double bytes_per_told = 0;
    double told_per_s = 0;
  };

  /// Each session changes its status once, evenly over `time`; the end is when
  /// all are told.
  figures run(std::chrono::nanoseconds time);

  void on_frame(client& who, const frame& what) override;

private:
  uint32_t sessions() const { return rooms_ * room_size_; }
  uint64_t pairs() const { return uint64_t{sessions()} * (room_size_ - 1); }
  void watch(uint32_t session, const std::vector<uint32_t>& room);
  void await(const uint64_t& count, uint64_t wanted, std::string_view what);
  void schedule();

  target& system_;
  uint32_t rooms_;
  uint32_t room_size_;
  double watch_us_ = 0;
  uint64_t grouped_ = 0; ///< Sessions that were told of their group.
  uint64_t answered_ = 0;
  uint64_t told_ = 0;

  std::optional<net::steady_timer> clock_;
  std::chrono::steady_clock::time_point began_;
  std::chrono::nanoseconds step_{}; ///< Between two changes.
  uint32_t changed_ = 0;            ///< Sessions, in this run.
  bool away_ = false;               ///< What they change to.
};

} // namespace parley::bench
