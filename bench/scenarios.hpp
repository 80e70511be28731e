#pragma once

#include "fleet.hpp"
#include "loop.hpp"
#include "options.hpp"
#include "report.hpp"

namespace parley::bench {

// Each scenario starts the systems that it compares, measures them in turn,
// and notes everything that a server did wrong; the run has failed then. They
// throw std::runtime_error where they cannot go on.

/// Sessions that do nothing: memory of one, and CPU time of the server.
report run_idle(const options& opts, loop& runner, fault_log& faults);

/// Messages between pairs.
report run_direct(const options& opts, loop& runner, fault_log& faults);

/// Messages in groups.
report run_group(const options& opts, loop& runner, fault_log& faults);

/// Start on a data directory that holds many messages.
report run_start(const options& opts, loop& runner, fault_log& faults);

/// Changes of status among sessions that watch each other.
report run_presence(const options& opts, loop& runner, fault_log& faults);

/// What messages, inboxes and users take on disk when all is compacted.
report run_disk(const options& opts, loop& runner, fault_log& faults);

} // namespace parley::bench
