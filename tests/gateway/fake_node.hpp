#pragma once

#include "gateway/dispatch.hpp"
#include "gateway/hub.hpp"
#include "gateway/services.hpp"
#include "support/server_process.hpp"

#include "parley/actors/messages.hpp"
#include "parley/actors/spawn.hpp"
#include "parley/gateway/passwords.hpp"
#include "parley/gateway/tokens.hpp"
#include "parley/history/store.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace parley::test {

/// What the actors of a node say, as a test wants it.
struct script {
  /// Requests in the order they came: "alice admit", "g:… add_members bob".
  std::vector<std::string> asked;

  /// The answer to a request, by its second word; others get no fields.
  std::map<std::string, std::string> fields;
  std::map<std::string, errc> errors;

  std::map<std::string, history::account_record> accounts;
  appended::one sent{0, 5, 1'700'000'000'123, false};
  bool silent = false; ///< The next `append` is not answered in time.
};

/// A gateway without sockets and without threads of its own: requests go in as
/// values, the actors behind it are scripted, and the test turns both the
/// scheduler and the I/O loop.
class fake_node {
public:
  explicit fake_node(const config::settings& settings = cheap_settings());
  ~fake_node();

  static config::settings cheap_settings();

  /// Sends a request and waits for its answer; nothing if there is none until
  /// neither actors nor I/O have anything to do.
  std::optional<gateway::http_reply>
  request(gateway::verb method, std::string target, std::string body = {},
          std::string token = {}, std::string origin = {});

  /// The same as the user `alice`.
  gateway::http_reply as_alice(gateway::verb method, std::string target,
                               std::string body = {});

  std::string token_for(const std::string& user) {
    return tokens_->issue(user, "login1");
  }
  gateway::services& services() { return *services_; }

  script play;
  manual_wall_clock clock;
  std::unique_ptr<history::store> store;

private:
  struct system_config : caf::actor_system_config {
    system_config();
  };
  class collector;

  bool turn();
  void advance(std::chrono::seconds by); ///< The actors' clock.

  temporary_directory here_;
  system_config config_;
  caf::actor_system system_{config_};
  std::unique_ptr<gateway::token_service> tokens_;
  std::shared_ptr<node_context> node_;
  std::unique_ptr<gateway::password_pool> passwords_;
  gateway::services_ptr services_;
  gateway::hub_ptr hub_;
};

} // namespace parley::test
