#pragma once

#include "parley/cluster/replicator_messages.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <functional>
#include <vector>

namespace parley::cluster {

/// The controller asks a node for the ends of its logs; `done` is called, on
/// an actor's thread, if it answers.
struct ask_log_ends {
  rep::node_id node = 0;
  std::vector<uint16_t> partitions;
  std::function<void(const log_ends&)> done;
};
/// The controller asks a leader to give way. No answer.
struct ask_hand_over {
  rep::node_id node = 0;
  give_up_lead what;
};

struct router_ports {
  rep::node_id self = 0;
  std::vector<caf::actor> partitions; ///< Of this node, by their numbers.
  caf::actor replicator;
};

/// Starts the actor that tells this node's partitions who leads them. It hears
/// of records (`record_seen`, passed on to the replicator), of links
/// (`peer_up`, `peer_down`) and of what this node leads (`partition_led`,
/// `partition_lost`, `partition_yields`), and is asked `get_leaders`.
caf::actor spawn_router(caf::actor_system& sys, router_ports ports);

} // namespace parley::cluster

CAF_BEGIN_TYPE_ID_BLOCK(parley_router, caf::id_block::parley_replicator::end)

CAF_ADD_TYPE_ID(parley_router, (parley::cluster::ask_log_ends))
CAF_ADD_TYPE_ID(parley_router, (parley::cluster::ask_hand_over))

CAF_END_TYPE_ID_BLOCK(parley_router)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::ask_log_ends)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::ask_hand_over)
