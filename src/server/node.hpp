#pragma once

#include "server/clustering.hpp"
#include "server/ticker.hpp"

#include "parley/actors/context.hpp"
#include "parley/admin/control.hpp"
#include "parley/base/clock.hpp"
#include "parley/base/error.hpp"
#include "parley/config/settings.hpp"
#include "parley/gateway/client_regions.hpp"
#include "parley/gateway/front.hpp"
#include "parley/gateway/passwords.hpp"
#include "parley/gateway/tokens.hpp"
#include "parley/history/replica_store.hpp"
#include "parley/push/provider_set.hpp"
#include "parley/server/data_dir.hpp"
#include "parley/server/disk_watch.hpp"
#include "parley/server/rate_meter.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace parley::server {

/// Everything that one node is made of, in the order in which it is made.
/// `settings` have all their numbers of threads (see sized()).
class node {
public:
  /// @param regions may be null.
  explicit node(config::settings with,
                gateway::client_regions_ptr regions = {});
  node(const node&) = delete;
  node& operator=(const node&) = delete;
  ~node();

  /// Opens the data directory, starts the actors, replays what is open and
  /// serves. `shut_down` is what the operator's command of that name calls.
  /// Blocks until clients are served. Errors: why not, for the operator; stop()
  /// is still due.
  result<void> start(std::function<void()> shut_down);

  /// "ADDRESS:PORT"
  std::string address() const { return front_->address(); }

  /// Stops in the order that loses nothing, each step for a bounded time.
  void stop();

private:
  result<void> open_data();
  result<void> open_push();
  result<void> join_cluster(std::function<void()> expelled);
  result<void> start_actors();
  void start_push();
  result<void> replay();
  result<void> start_doors(std::function<void()> shut_down);
  void beat();
  void move_clients();

  void send_clients_away();
  void stop_actors();

  std::chrono::steady_clock::time_point started_;
  config::settings settings_;
  gateway::client_regions_ptr regions_;
  system_wall_clock clock_;
  rate_meter rate_;
  data_identity identity_;
  std::unique_ptr<history::replica_store> store_;
  std::unique_ptr<gateway::token_service> tokens_;
  std::shared_ptr<node_context> context_;
  std::optional<caf::actor_system_config> actors_config_;
  std::optional<caf::actor_system> actors_;
  std::unique_ptr<push::provider_set> push_;
  std::unique_ptr<clustering> cluster_; ///< Null: the node is alone.
  std::unique_ptr<gateway::front> front_;
  std::unique_ptr<gateway::password_pool> operator_passwords_;
  std::unique_ptr<admin::control> control_;
  std::optional<disk_watch> disk_;
  std::optional<ticker> ticker_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> serves_{false}; ///< The front is there.
  /// Beats since the node is to be empty. Of the ticker's thread alone.
  int leading_beats_ = 0; ///< In which it still led something.
  int moving_beats_ = 0;  ///< In which clients were sent away.
};

} // namespace parley::server
