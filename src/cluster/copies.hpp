#pragma once

#include "cluster/copy_flow.hpp"

#include "parley/actors/spawn.hpp"
#include "parley/cluster/replicator_messages.hpp"
#include "parley/history/replica_store.hpp"

#include <caf/all.hpp>

#include <memory>

/// The replicator's helpers, which block on the disk in its stead.
namespace parley::cluster {

/// Reads the entries that a `log_read` wants and sends it back with them, in
/// the order of the requests.
caf::actor spawn_log_reader(caf::actor_system& sys, const history::store& from,
                            size_t bytes_max, runs where);

/// Makes one copy after another, within the limits, and answers each
/// `make_copy` by `copy_done`.
caf::actor spawn_copier(caf::actor_system& sys, history::replica_store& store,
                        const copy_limits& limits, runs where);

/// Gives the rows of a snapshot away, part by part.
caf::actor spawn_copy_source(caf::actor_system& sys,
                             std::unique_ptr<history::partition_view> rows);

} // namespace parley::cluster
