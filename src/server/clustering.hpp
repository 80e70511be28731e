#pragma once

#include "parley/actors/context.hpp"
#include "parley/cluster/links.hpp"
#include "parley/cluster/member.hpp"
#include "parley/config/settings.hpp"
#include "parley/history/replica_store.hpp"
#include "parley/server/data_dir.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace parley::server {

/// What makes a node one of a cluster: its membership, its links to the others,
/// and the replicator in the place of the journal. The functions are for the
/// thread that made it, unless they say otherwise.
class clustering {
public:
  /// Blocks until the cluster has taken the node in. Errors: `internal` with
  /// what does not fit, for the operator; nothing of the data is touched then.
  /// @param identity of the data directory; gets the cluster's id.
  /// @param brings_data whether it has data of a node that stood alone.
  /// @param fingerprint of the keys that all nodes share.
  /// @param expelled is called, from a thread of the cluster's, when the node
  /// may not go on: it should stop.
  static result<std::unique_ptr<clustering>>
  join(const config::settings& with, data_identity& identity, bool brings_data,
       const std::string& fingerprint, std::string version,
       std::function<void()> expelled);

  /// Before the actor system is made.
  void configure(caf::actor_system_config& to) const;

  /// The replicator, which the context gets for a journal.
  caf::actor start_replicator(caf::actor_system& sys,
                              history::replica_store& store,
                              const context_ptr& node,
                              std::function<void(const error&)> failed);

  /// Listens for the others, and takes part from here on. The context has its
  /// partitions and their journal.
  result<void> start(caf::actor_system& sys, const context_ptr& node);

  /// From any thread.
  cluster::member& member() noexcept { return *member_; }

  /// The living nodes as clients hear of them. From any thread.
  std::vector<model::known_node> alive() const;

  /// Those of them that clients may go to from here. From any thread.
  std::vector<model::known_node> others() const;

  static bool leads_any(const node_context& node);

  /// Waits until the others lead what this node led, once it is stopping.
  void await_hand_over(const node_context& node,
                       std::chrono::milliseconds within);

  /// Has the leaders leave this node out of their in-sync sets, where enough
  /// others are there, and waits for that: they would wait for it once it is
  /// gone. Blocks.
  void leave_in_sync_sets(std::chrono::milliseconds within);

  /// Whom to ask who leads what, once it has started.
  const caf::actor& directory() const { return router_; }

  /// Router and links; the replicator is the journal's.
  std::vector<caf::actor> actors() const { return {router_, links_}; }

  /// Takes the node out, and forgets its actors.
  void leave();

private:
  clustering() = default;

  size_t in_sync_in_excess() const;

  std::string name_;
  double sessions_max_ = 1; ///< That a node takes, as this one does.
  std::chrono::milliseconds session_timeout_{0};
  uint64_t copy_bytes_per_s_ = 0;
  cluster::link_options links_with_;
  cluster::member_place place_;
  std::unique_ptr<cluster::member> member_;
  caf::actor replicator_;
  caf::actor router_;
  caf::actor links_;
};

} // namespace parley::server
