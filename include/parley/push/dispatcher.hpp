#pragma once

#include "parley/actors/context.hpp"
#include "parley/push/provider_set.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

namespace parley::push {

/// Starts the node's push dispatcher: takes `push_offer`s of users, has the
/// providers send them within the settings' bounds, and tells the users what
/// became of them (`push_told`). On `push_replay`, and whenever it had no room
/// for something, it wakes all users with a mark, at a bounded rate; they offer
/// again what waits.
caf::actor spawn_dispatcher(caf::actor_system& sys, context_ptr node,
                            provider_table providers);

} // namespace parley::push
