#pragma once

#include "actors/node.hpp"
#include "actors/node_store.hpp"
#include "actors/referee.hpp"

#include "parley/actors/ask.hpp"
#include "parley/actors/context.hpp"
#include "parley/actors/messages.hpp"
#include "parley/actors/spawn.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace parley::test {

/// One life of a node.
struct node::actors {
  struct config : caf::actor_system_config {
    config() {
      set("scheduler.policy", caf::atom("testing"));
      set("logger.console", caf::atom("none"));
      set("logger.file-verbosity", caf::atom("quiet"));
      register_messages(*this);
    }
  };

  actors(history::store& disk, uint64_t seed)
      : store(disk), dice(seed), baseline(sys.registry().running()) {}

  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler());
  }

  node_store store;
  config cfg;
  caf::actor_system sys{cfg};
  std::mt19937_64 dice;
  size_t baseline; ///< Actors that CAF runs for itself.
  std::vector<std::shared_ptr<node_context>> members;
  std::shared_ptr<node_context> context; ///< Of the one that was entered.
  std::vector<std::pair<std::weak_ptr<client>, caf::actor>> sessions;
};

} // namespace parley::test
