#pragma once

#include "parley/base/clock.hpp"
#include "parley/base/random.hpp"
#include "parley/push/provider.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace parley::push {

enum class service : uint8_t { web_push, apns, fcm, webhook };
inline constexpr size_t services = 4;

struct dispatch_limits {
  size_t in_flight = 256;         ///< Of each service.
  size_t in_flight_per_host = 32; ///< Of web_push, each host.
  size_t waiting = 100'000;
  std::chrono::milliseconds give_up_after{24 * 3'600'000};
};

/// What a notification is to whom.
struct delivery_key {
  std::string user;
  std::string conv;
  std::string subscription;

  friend auto operator<=>(const delivery_key&, const delivery_key&) = default;
};

/// The notifications that wait and the order in which they are sent, as a plain
/// value: no actor, no clock, no socket.
///
/// Each service, and each host of web_push, has a lane of its own with a bound
/// on what is under way: one that hangs fills its lane and nothing else. Within
/// a lane it is first come, first served; lanes take turns.
class dispatch_queue {
public:
  struct job {
    delivery_key key;
    uint64_t version = 0; ///< Higher ones replace lower ones.
    timestamp made = 0;
    service by = service::web_push;
    std::string host; ///< web_push.
    std::shared_ptr<const notification> what;
    std::optional<target> to;
  };

  struct sending {
    uint64_t ticket = 0;
    job what;
  };

  /// What the one who offered a notification has to hear.
  struct news {
    enum class fate : uint8_t { taken, refused, given_up, gone };

    delivery_key key;
    uint64_t version = 0;
    fate what = fate::taken;
  };

  dispatch_queue(dispatch_limits with, random_source& random);

  /// Adds a job, or puts it in the place of an earlier version.
  /// @returns false if there is no room.
  bool offer(job x);

  /// Forgets what waits; an empty conv or subscription stands for all. What is
  /// being sent cannot be called back, and no news comes of it but `gone`.
  void withdraw(const std::string& user, const std::string& conv,
                const std::string& subscription);

  /// What is to be sent now, at most `max`. What has become too old goes to
  /// `told`.
  std::vector<sending> take(timestamp now, size_t max, std::vector<news>& told);

  /// How a sending ended. @returns nothing if it will be sent again.
  std::optional<news> finish(uint64_t ticket, const outcome& how,
                             timestamp now);

  /// When something is due that is not now.
  std::optional<timestamp> next_due() const;

  size_t waiting() const noexcept { return all_.size(); }
  size_t in_flight() const noexcept { return flying_.size(); }
  size_t lanes() const noexcept { return lanes_.size(); }

private:
  struct lane;

  struct entry {
    job what;
    std::optional<job> next; ///< Came while this one was being sent.
    uint32_t tries = 0;
    uint64_t turn = 0; ///< Its place in the lane, or among what is late.
    timestamp due = 0; ///< Not 0: it is late.
    bool flies = false;
    bool withdrawn = false; ///< While it was being sent.
    lane* in = nullptr;
  };

  struct lane {
    std::pair<service, std::string> name;
    std::map<uint64_t, entry*> ready;
    size_t flying = 0;
    bool queued = false; ///< It stands in the row of its service.
  };

  bool has_room(const lane& x) const;
  lane& lane_of(const job& x);
  void make_ready(entry& x);
  void queue_lane(lane& x);
  void tidy(lane& x);
  void take_from(lane& from, timestamp now, std::vector<sending>& out,
                 std::vector<news>& told);
  void unlink(entry& x);
  void remove(entry& x);
  void delay(entry& x, const outcome& how, timestamp now);
  bool is_too_old(const job& x, timestamp now) const;

  dispatch_limits with_;
  random_source& random_;
  std::map<delivery_key, entry> all_;
  std::map<std::pair<service, std::string>, lane> lanes_;
  std::map<std::pair<timestamp, uint64_t>, entry*> late_;
  std::unordered_map<uint64_t, entry*> flying_;
  std::array<std::deque<lane*>, services> rows_; ///< Lanes that may send.
  std::array<size_t, services> flying_of_{};
  uint64_t last_turn_ = 0;
  size_t first_ = 0; ///< The service whose turn it is to come first.
};

/// How long to wait before the next try, in [half, whole] of an exponential
/// time that is bounded; not less than `at_least`.
std::chrono::milliseconds back_off(uint32_t tries, random_source& random,
                                   std::chrono::milliseconds at_least);

} // namespace parley::push
