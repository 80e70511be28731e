#pragma once

#include "parley/actors/messages.hpp"

#include <caf/actor.hpp>

namespace parley {

/// Starts the hub itself, which ends when something in it fails; its sessions
/// are sent away then. Others know the one that stands before it, by
/// `spawn_presence_hub`.
caf::actor spawn_watch_hub(caf::actor_system& sys, context_ptr node);

} // namespace parley
