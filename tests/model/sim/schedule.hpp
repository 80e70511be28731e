#pragma once

#include "model/sim/world.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace parley::sim {

/// What can happen next; see `world`.
enum class act : uint8_t {
  deliver,
  lose,
  duplicate,
  sync,
  tick,
  propose,
  ask_to_read,
  deal_with_request,
  deliver_answer,
  watch,
  read_on,
  control,
  report,
  finish_fetch,
  restart,
  resume,
  renew,
  repent,
  heal,
  // Faults from here on: each schedule has its own mixture of them.
  kill,
  cut_power,
  cut_all_power,
  wipe,
  lie,
  pause,
  expire,
  trim,
  hand_over,
  let_ghost_arrive,
  jump_clock,
  fail_write,
  fail_fetch,
  silence,
  cut_off,
  change,
  count_
};

/// How often what happens, relative to all else.
using weights = std::array<uint16_t, static_cast<size_t>(act::count_)>;

struct schedule {
  uint64_t seed = 1;
  size_t steps = 2500;
  bool changes_replicas = false;
  bool trace = false;
  rep::rules rule;
};

struct verdict {
  std::string violation; ///< Empty: none.
  uint64_t committed = 0;
  uint64_t elections = 0;
  uint64_t changes = 0; ///< Of the replica set, carried through.
};

/// Lives through one schedule; the same one always ends in the same way.
verdict live_through(const schedule& x);

} // namespace parley::sim
