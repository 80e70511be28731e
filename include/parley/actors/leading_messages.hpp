#pragma once

#include "parley/actors/wire.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <vector>

/// Who leads a partition, and what follows when that changes.
namespace parley {

/// `retry_after_ms` where a leader gave way: mostly there is another by then.
inline constexpr uint32_t leader_changes_ms = 100;

/// A message that begins with an address, from a node that does not lead its
/// partition to the one that does. It keeps its sender and its message id.
struct relayed {
  uint64_t epoch = 0; ///< Of the leader that it was meant for.
  caf::message what;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, relayed& x) {
  return fields(f, x.epoch, part(x.what));
}

/// What a partition may have lost for good, and its actors make up for: what
/// was acknowledged before this epoch may be gone.
struct data_loss {
  uint64_t epoch = 0; ///< 0: nothing is.
  uint64_t gap = 0;   ///< More numbers than a conversation has lost.
};

/// Tells a partition its place from now on. The same once more changes nothing.
struct leadership {
  enum class place : uint8_t {
    none,      ///< Nobody leads; what comes is held for a while.
    here,      ///< This node leads.
    elsewhere, ///< What comes is passed on to `leader`.
  };

  uint64_t epoch = 0; ///< Goes up with each new leader.
  place where = place::none;
  caf::actor leader;   ///< elsewhere: that node's actor of this partition.
  data_loss loss = {}; ///< In this epoch or before.
};

/// To a session of this node: its user's partition is led by another, or in a
/// new epoch. Attach again after the last event that was written. To the
/// presence hub: ask again what it is told by that partition.
struct home_moved {
  uint64_t epoch = 0;
  uint16_t partition = 0;
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

// -- a hand-over that nobody notices -----------------------------------------

/// To a partition that leads in this epoch: another is to lead next. Nothing
/// more begins here; once nothing is open, it answers `lead_yielded` to the
/// journal's place.
struct yield_lead {
  uint64_t epoch = 0;
};
struct lead_yielded {
  uint16_t partition = 0;
  uint64_t epoch = 0;
};

/// To an actor whose partition yields: answer `settled` to the partition once
/// nothing of what came before this is open.
struct settle {};
struct settled {};

/// To itself: it has waited for long enough.
struct settled_enough {
  uint64_t epoch = 0;
};

/// From the partition of a node that relayed to a leader of this epoch, and
/// hears of another: all that was not begun comes back as `returned`, in its
/// order, and behind it the answer `given_back`.
struct get_back {
  uint64_t epoch = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, get_back& x) {
  return fields(f, x.epoch);
}
struct given_back {
  uint64_t epoch = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, given_back& x) {
  return fields(f, x.epoch);
}

/// A message that had been `relayed`, with its sender and its message id.
struct returned {
  uint64_t epoch = 0; ///< In which it was relayed.
  caf::message what;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, returned& x) {
  return fields(f, x.epoch, part(x.what));
}

// -- who leads what -----------------------------------------------------------

/// Asks for `leaders`, as far as this node knows.
struct get_leaders {};
struct leaders {
  struct node {
    uint32_t number = 0;
    caf::node_id where;
    std::vector<caf::actor> partitions; ///< All of that node's.
    std::vector<uint16_t> leads;
  };
  std::vector<node> nodes; ///< That there are links to; this one comes first.
  std::vector<uint16_t> without; ///< Partitions that none of them leads.
};

} // namespace parley
