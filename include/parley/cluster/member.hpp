#pragma once

#include "parley/cluster/cluster_parameters.hpp"
#include "parley/cluster/controller.hpp"
#include "parley/cluster/membership.hpp"
#include "parley/cluster/replicator.hpp"
#include "parley/cluster/zookeeper_coordination.hpp"

#include <caf/actor.hpp>

#include <chrono>
#include <functional>
#include <memory>

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
  member(member_settings with, connector connect);
  member(const member&) = delete;
  member& operator=(const member&) = delete;
  ~member();

  /// Blocks until the node is in, `patience` is over (`unavailable`), or it is
  /// refused (`internal`, with the reason).
  result<member_place> join(std::chrono::milliseconds patience);

  /// What the replicator writes and reads records by.
  std::function<void(uint16_t, const rep::compare_and_set&)> record_writer();
  std::function<void(uint16_t, uint64_t)> record_reader();

  /// From here on these hear of everything, beginning with what is known.
  void tell(member_actors whom);

  /// Takes the node's entry back, and waits for that for a moment.
  void leave();

private:
  class state;
  std::shared_ptr<state> state_;
};

} // namespace parley::cluster
