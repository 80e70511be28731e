#pragma once

#include "parley/base/clock.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace parley::model {

/// Messages in an inbox that no device has acknowledged, until it is decided
/// whether they make a notification. Of each conversation only the oldest and
/// the newest are kept: what came between them goes with the newest.
class unheard {
public:
  struct event {
    uint64_t useq = 0;
    uint64_t seq = 0;
    timestamp ts = 0;
    timestamp due = 0; ///< Not acknowledged by then, it makes one.

    friend bool operator==(const event&, const event&) = default;
  };

  struct due_event {
    std::string conv;
    event what;

    friend bool operator==(const due_event&, const due_event&) = default;
  };

  /// An event that came; a later one has a higher `useq` and is due no sooner.
  void note(const std::string& conv, const event& x);

  /// Everything up to here has reached a device.
  void acknowledge(uint64_t useq);

  /// Takes out what is due, the newest of each conversation, and only what is
  /// durable: nothing else can be told of after a crash.
  /// @param alone nobody could acknowledge: everything is due.
  std::vector<due_event> take_due(timestamp now, uint64_t durable, bool alone);

  bool empty() const noexcept { return all_.empty(); }

  /// The lowest `useq` that is not decided; 0: none.
  uint64_t first() const noexcept;

  std::optional<timestamp> next_due() const noexcept;

private:
  struct span {
    event oldest;
    event newest;
  };

  std::map<std::string, span> all_;
};

} // namespace parley::model
