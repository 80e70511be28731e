#pragma once

#include "support/deadline.hpp"
#include "support/server_process.hpp"

#include "parley/actors/context.hpp"
#include "parley/actors/messages.hpp"
#include "parley/actors/outbox.hpp"
#include "parley/actors/spawn.hpp"
#include "parley/gateway/front.hpp"
#include "parley/gateway/tokens.hpp"

#include <caf/all.hpp>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace parley::test {

/// Where the sessions of this program leave what happens to them: it defines
/// `spawn_session` itself, so that a test holds the outbox and plays the
/// session. Nothing is handled unless the test says so.
class stage {
public:
  static stage& instance();

  /// Forgets everything; before each test.
  void clear();

  /// The outbox of the `number`-th connection (from 0), once it is there.
  outbox_ptr connection(size_t number = 0);

  /// Waits until so many requests have come over all connections.
  void wait_for_requests(size_t count);

  /// Waits until so many sessions were told that their connection is gone.
  void wait_for_ends(size_t count);

  size_t requests();
  size_t ends();
  size_t drains();
  void wait_for_drains(size_t count);

  void entered(outbox_ptr outbox);
  void heard(size_t requests);
  void ended();
  void drained();

private:
  void wait(const std::function<bool()>& done);
  void change(const std::function<void()>& what);

  std::mutex lock_;
  std::condition_variable changed_;
  std::vector<outbox_ptr> connections_;
  size_t requests_ = 0;
  size_t ends_ = 0;
  size_t drains_ = 0;
};

/// The real front over loopback, with staged sessions behind it.
class staged_front {
public:
  explicit staged_front(config::settings settings = {});
  ~staged_front();

  const endpoint& where() const { return where_; }
  gateway::front& front() { return *front_; }

private:
  struct system_config : caf::actor_system_config {
    system_config() { register_messages(*this); }
  };

  temporary_directory here_;
  system_wall_clock clock_;
  std::unique_ptr<gateway::token_service> tokens_;
  system_config config_;
  caf::actor_system system_{config_};
  std::shared_ptr<node_context> node_;
  std::unique_ptr<gateway::front> front_;
  endpoint where_;
};

} // namespace parley::test
