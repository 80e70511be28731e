#pragma once

#include "parley/cluster/administration.hpp"
#include "parley/cluster/cluster_parameters.hpp"
#include "parley/cluster/controller.hpp"
#include "parley/cluster/forced_election.hpp"
#include "parley/cluster/membership.hpp"
#include "parley/cluster/replicator.hpp"
#include "parley/cluster/zookeeper_coordination.hpp"

#include <caf/actor.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace parley::cluster {

struct member_settings {
  membership_settings membership;
  model::rebalance_limits limits;
};

/// As what a node was taken in.
struct member_place {
  cluster_parameters cluster;
  node_id number = 0;
  uint64_t incarnation = 0;
};

/// What a member knows of its cluster, some milliseconds ago.
struct cluster_picture {
  std::vector<living_node> alive; ///< This node among them.
  roster members;                 ///< Also those that are away.
  std::set<std::string> draining;
  std::map<uint16_t, versioned_record> records;
  uint32_t partitions = 0;
  uint32_t replicas = 0;
  // What the controller plans by:
  std::vector<model::placement_node> placement;
  std::vector<model::placement_node> leading_placement;
  std::vector<model::replication::live_node> live;
};

/// The actors that hear what a member knows.
struct member_actors {
  caf::actor router;     ///< Records, and what the controller asks of nodes.
  caf::actor replicator; ///< Of this node.
  caf::actor links;
};

/// This node in its cluster: joins it, stands for controller, and connects the
/// coordination service with the actors, on a thread of its own. Its calls are
/// safe from any thread.
class member {
public:
  using connector =
      std::function<std::unique_ptr<coordination>(const executor& post)>;

  /// @param connect makes the client of the service.
  /// @param refused is called on the member's thread if the node is refused
  /// after it was in: another one took its place, or its entries cannot be
  /// read.
  member(member_settings with, connector connect,
         std::function<void(const std::string& why)> refused = {});
  member(const member&) = delete;
  member& operator=(const member&) = delete;
  ~member();

  /// Blocks until the node is in and has seen who else is, `patience` is over
  /// (`unavailable`), or it is refused (`internal`, with the reason).
  result<member_place> join(std::chrono::milliseconds patience);

  /// What the replicator writes and reads records by.
  std::function<void(uint16_t, const rep::compare_and_set&)> record_writer();
  std::function<void(uint16_t, uint64_t)> record_reader();

  /// From here on these hear of everything, beginning with what is known.
  void tell(member_actors whom);

  /// How many sessions the node serves, for its entry.
  void set_load(uint32_t sessions);
  /// Whether the node wants no new clients, and to lead nothing.
  void set_stopping(bool is);

  /// Whether the operator wants this node to be empty.
  bool drains() const;

  /// The living nodes, as of the last change. Who is to be empty counts as
  /// stopping.
  std::shared_ptr<const std::vector<living_node>> alive() const;
  /// `done` is called on the member's thread: it must not block.
  void look(std::function<void(cluster_picture)> done);
  /// As `set_draining` and `remove_node` do; `done` likewise.
  void drain(std::string name, bool is, on_administered done);
  void remove(std::string name, on_administered done);
  /// As `forced_election` does; one at a time, else `conflict`.
  void force(forced_wish wish, on_forced done);

  /// Takes the node's entry back, and waits for that for a moment.
  void leave();

private:
  class state;
  std::shared_ptr<state> state_;
};

} // namespace parley::cluster
