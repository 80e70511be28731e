#pragma once

#include "parley/actors/context.hpp"
#include "parley/actors/outbox.hpp"
#include "parley/history/store.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <functional>
#include <memory>

namespace parley {

/// Registers every message type; call on the config before the actor system.
void register_messages(caf::actor_system_config& cfg);

/// Where an actor that blocks runs: on a thread of its own, or, in a test that
/// owns the order of everything, with the others.
enum class runs { detached, scheduled };

/// Starts the journal over a store, the only writer. A failed write calls
/// `failed` with the reason and answers nobody (I9).
caf::actor spawn_journal(caf::actor_system& sys, history::store& to,
                         std::function<void(const error&)> failed,
                         runs where = runs::detached);

/// Starts one actor that runs `read_job`s over a store.
caf::actor spawn_reader(caf::actor_system& sys, const history::store& from,
                        runs where = runs::detached);

/// Starts the actor that knows whom the sessions of this node watch, asks for
/// them at their homes, and tells the sessions. Ends when it is told to exit.
caf::actor spawn_presence_hub(caf::actor_system& sys, context_ptr node);

/// Starts an actor that runs errands.
caf::actor spawn_courier(caf::actor_system& sys);

/// What a partition is at first: on a standalone node it leads, in an epoch
/// that is the node's number of starts; in a cluster it waits for `leadership`.
enum class begins { leading, waiting };

/// Starts the actor of one partition.
caf::actor spawn_partition(caf::actor_system& sys, context_ptr node,
                           uint16_t partition, begins as = begins::leading);

/// Starts the session of a connection that has just been accepted. The session
/// sends `hello` at once; the connection passes `inbound` and, when it is over,
/// an exit message (caf::anon_send_exit with exit_reason::user_shutdown).
caf::actor spawn_session(caf::actor_system& sys, context_ptr node,
                         outbox_ptr connection);

} // namespace parley
