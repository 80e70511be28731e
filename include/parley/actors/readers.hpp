#pragma once

#include "parley/actors/context.hpp"

#include <caf/actor.hpp>

namespace parley {

/// One of the node's readers, for one `read_job`, or none (an invalid handle)
/// when the queue of reads is at its bound: answer `unavailable`.
caf::actor pick_reader(const node_context& node);

} // namespace parley
