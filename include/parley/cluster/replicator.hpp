#pragma once

#include "parley/actors/spawn.hpp"
#include "parley/cluster/replica_host.hpp"
#include "parley/cluster/replicator_messages.hpp"

#include <caf/actor.hpp>

#include <functional>
#include <vector>

namespace parley::cluster {

/// What the replicator is connected with, beside the actors that it `meet`s.
/// The functions return at once and are called from its thread; what they cause
/// comes back as messages.
struct replicator_ports {
  caf::actor observer; ///< Hears who leads; see replicator_messages.hpp.
  caf::actor links;    ///< Takes `outgoing` for other nodes; gives `arrived`.
  /// Answered by `record_written`.
  std::function<void(uint16_t partition, const rep::compare_and_set& what)>
      compare_and_set;
  /// Answered by `record_seen` with the token.
  std::function<void(uint16_t partition, uint64_t token)> read_record;
  /// In which epoch this node leads the partition from now on; 0: no longer,
  /// and what others committed may come to be read here after this.
  std::function<void(uint16_t partition, uint64_t epoch)> leads;
  /// The store failed: ends the process (I9).
  std::function<void(const error& why)> failed;
};

struct replicator_settings {
  host_settings host;
  uint64_t copy_bytes_per_s = 0; ///< Into this node; 0: as fast as it goes.
  uint32_t copies_out_max = 8;   ///< More are refused, and tried again.
};

/// Starts the actor that takes the journal's place in a cluster: `commit` is
/// answered by `committed` once the batch is committed by the in-sync set and
/// can be read here. Batches of a partition that this node does not lead, and
/// those that were open when it stopped leading, are not answered: the actors
/// of the partition end then.
///
/// It blocks in the store and has a thread of its own, as have its helpers: one
/// that reads the log for replicas that lag behind, one that fetches copies.
caf::actor spawn_replicator(caf::actor_system& sys, replicator_settings with,
                            history::replica_store& store,
                            replicator_ports ports,
                            runs where = runs::detached);

/// Registers the replicator's and the router's messages, beside those of the
/// links.
void register_replicator_messages(caf::actor_system_config& cfg);

} // namespace parley::cluster
