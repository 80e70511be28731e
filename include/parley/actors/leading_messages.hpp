#pragma once

#include "parley/actors/wire.hpp"

#include <caf/all.hpp>

#include <cstdint>

/// Who leads a partition, and what follows when that changes.
namespace parley {

/// A message that begins with an address, from a node that does not lead its
/// partition to the one that does. It keeps its sender and its message id.
struct relayed {
  uint64_t epoch = 0; ///< Of the leader that it was meant for.
  caf::message what;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, relayed& x) {
  return f(x.epoch, part(x.what));
}

/// Tells a partition its place from now on. The same once more changes nothing.
struct leadership {
  enum class place : uint8_t {
    none,      ///< Nobody leads; what comes is held for a while.
    here,      ///< This node leads.
    elsewhere, ///< What comes is passed on to `leader`.
  };

  uint64_t epoch = 0; ///< Goes up with each new leader.
  place where = place::none;
  caf::actor leader; ///< elsewhere: that node's actor of this partition.
};

/// To a session of this node: its user's partition is led by another, or in a
/// new epoch. Attach again after the last event that was written.
struct home_moved {
  uint64_t epoch = 0;
};

/// Tells a partition that a node is gone, and its sessions with it.
struct node_gone {
  caf::node_id node;
};

/// To an actor of a partition that this node leads no longer, or in another
/// epoch: what it has not committed is void. It answers whoever waits that it
/// is unavailable, and ends.
struct deposed {};

/// To itself: is an answer overdue?
struct look_back {};

} // namespace parley
