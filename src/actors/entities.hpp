#pragma once

#include "parley/actors/context.hpp"
#include "parley/actors/messages.hpp"

#include <caf/all.hpp>

#include <string>
#include <vector>

/// The actors that a partition activates. Each loads its state first and keeps
/// what arrives meanwhile; each answers `rest` once it may be let go, and hands
/// its last state to the journal when it is told to exit.
namespace parley {

struct activation {
  context_ptr node;
  caf::actor partition;
  std::string name;
};

caf::actor spawn_conversation(caf::local_actor& by, activation what);
/// @param clean whether no earlier actor of this user failed: if one did, what
/// it gave out last is not known, and its reserved block is skipped.
caf::actor spawn_user(caf::local_actor& by, activation what,
                      std::vector<session_ref> sessions, bool clean);
caf::actor spawn_presence(caf::local_actor& by, activation what,
                          protocol::presence_status status);

/// One of the node's readers, or none (an invalid handle) when the queue of
/// reads is at its bound: answer `unavailable`.
caf::actor pick_reader(const node_context& node);

} // namespace parley
