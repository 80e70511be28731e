#pragma once

#include <caf/all.hpp>

#include <chrono>

namespace parley::cluster {

/// Makes connections to one peer, in a thread of its own, since connecting
/// blocks. Answers each `dial` with `dialed`.
caf::actor spawn_dialer(caf::actor_system& sys, bool tls,
                        std::chrono::milliseconds limit);

} // namespace parley::cluster
