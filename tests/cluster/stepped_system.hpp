#pragma once

#include "cluster/link_beat.hpp"

#include "parley/actors/spawn.hpp"
#include "parley/cluster/replicator.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

namespace parley::test {

/// An actor system that runs in the test's thread, and only when told to.
class stepped_system {
public:
  caf::actor_system& operator*() noexcept { return sys_; }
  caf::actor_system* operator->() noexcept { return &sys_; }

  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(sys_.scheduler());
  }

  /// Until nobody has anything to do.
  void run() { scheduler().run(); }

  void kill(caf::actor& x) {
    caf::anon_send_exit(x, caf::exit_reason::kill);
    x = nullptr;
  }

private:
  struct config : caf::actor_system_config {
    config() {
      set("scheduler.policy", caf::atom("testing"));
      set("logger.console", caf::atom("none"));
      set("logger.file-verbosity", caf::atom("quiet"));
      register_messages(*this);
      add_message_types<caf::id_block::parley_links>();
      cluster::register_replicator_messages(*this);
    }
  };

  config config_;
  caf::actor_system sys_{config_};
};

} // namespace parley::test
