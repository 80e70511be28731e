#pragma once

#include "parley/actors/context.hpp"
#include "parley/actors/messages.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <string>

namespace parley::gateway {

/// Appends to a conversation on behalf of a thread that is no actor, and calls
/// `done` once, from an actor's thread. Errors: why it was refused;
/// `unavailable` without an answer in time: the outcome is unknown then, and
/// the same `cid` may be sent again.
void send_message(caf::actor_system& sys, const context_ptr& node,
                  std::string conv, append what,
                  std::function<void(result<appended::one>)> done);

} // namespace parley::gateway
