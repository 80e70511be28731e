#pragma once

#include "actors/client.hpp"
#include "support/json.hpp"

#include "parley/base/clock.hpp"
#include "parley/base/error.hpp"
#include "parley/base/random.hpp"
#include "parley/config/settings.hpp"
#include "parley/history/store.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace parley {
class token_checker;
}

namespace parley::test {

class fake_push;

/// What a request to an actor was answered, once it was.
using answer_slot = std::shared_ptr<std::optional<result<json::object>>>;

/// Who has which session now.
struct live_session {
  std::string user;
  std::string device;
  bool away = false;
};

/// How many actors are activated, over all partitions.
struct active_actors {
  int64_t users = 0;
  int64_t conversations = 0;
  int64_t presences = 0;
};

/// The default settings, without a limit on the rate of sends, and with every
/// change of presence told as it comes.
config::settings calm_settings();

/// A group's name, made up from a number.
std::string group_id(unsigned number);

/// All actors of a node in one thread, over a store in memory, with clocks
/// that stand still and dice that are cast by a seed. Nothing happens but by
/// run(), step() and advance(); the same calls have the same effect each time.
/// A crash and a start make the next life of the same node. CAF is known to
/// node.cpp only.
class node {
public:
  explicit node(config::settings with = calm_settings(), uint64_t seed = 1,
                size_t members = 1);
  /// Notifies people who are away by way of `push`.
  node(config::settings with, std::shared_ptr<fake_push> push);
  ~node();
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  // -- lives
  void start(); ///< Wakes what the last life left undelivered.
  void crash(); ///< From here on nothing reaches the store or a client.
  void stop();  ///< In order: everyone hands over what they hold.
  void restart() {
    crash();
    start();
  }
  bool is_running() const;

  // -- a cluster: nodes that share everything but their actors, as if all were
  // replicated at once. Partition p is led by node p % members at first.
  size_t members() const { return members_; }
  /// Clients and requests come to this one from now on.
  void enter(size_t member);
  /// Makes one lead a partition in a new epoch, or nobody in the same. Writes
  /// of whoever led before are refused from here on; some of what it had begun
  /// to write may have been replicated. The nodes learn of it by `notify`.
  void lead(size_t partition, std::optional<size_t> member);
  void notify(size_t member, size_t partition);
  /// The next to lead a partition may lack what was acknowledged.
  void lose(size_t partition, uint64_t gap);
  /// Tells the leader to give way, as a replicator does before a hand-over.
  void yield(size_t partition);
  bool has_yielded(size_t partition) const; ///< The leader, in its epoch.
  void notify_all();
  /// Makes one lead everything, or nobody; all nodes hear of it, and run.
  void lead_all(std::optional<size_t> member);
  std::optional<size_t> leader_of(size_t partition) const;
  uint64_t epoch_of(size_t partition) const;
  size_t partition_of(const std::string& name) const;
  /// Has a node believe that `leader` leads; nobody hears it of a `silent` one.
  void mislead(size_t member, size_t partition, size_t leader, uint64_t epoch);
  void mislead_into_silence(size_t member, size_t partition);
  /// The member's handle of the leader reaches nobody any more.
  void cut_link(size_t member, size_t partition);
  size_t refused_commits() const;
  /// A member hears that the sessions that other nodes attached to it are gone,
  /// as if those nodes were.
  void lose_others(size_t member);

  // -- steps
  void run();            ///< Until nobody has anything to do.
  bool step();           ///< One message, of whoever's turn it is.
  bool step_by_chance(); ///< One message, of anybody.
  void beat();           ///< A second passes; nobody has run yet.
  /// Lets seconds pass one by one, and runs after each.
  void advance(std::chrono::seconds total);
  manual_wall_clock& clock() { return clock_; }

  // -- the store
  history::store& disk() { return *disk_; }
  uint32_t partitions() const;
  uint64_t starts() const { return starts_; }
  void fail_writes();
  size_t failed_writes() const { return failed_writes_; }
  /// What memory does not know by itself; holds for later lives too.
  void set_cold(std::function<bool(std::string_view key)> cold);

  // -- clients
  /// Connects and authenticates, and runs. Throws unless it hears `ready`.
  client_ptr connect(const std::string& user, const std::string& device,
                     std::optional<int64_t> since = {});
  /// A connection without a word yet.
  client_ptr open(const std::string& user, const std::string& device);

  // -- what comes by HTTP and from the operator; each begins at once and ends
  // as the node runs
  answer_slot create_account(const std::string& user);
  answer_slot create_group(const std::string& by, const std::string& conv,
                           const std::vector<std::string>& members,
                           const std::string& cid = {},
                           const std::string& name = "group");
  answer_slot rename_group(const std::string& by, const std::string& conv,
                           const std::string& name);
  answer_slot delete_group(const std::string& by, const std::string& conv);
  answer_slot add_members(const std::string& by, const std::string& conv,
                          const std::vector<std::string>& users);
  answer_slot set_role(const std::string& by, const std::string& conv,
                       const std::string& user, const std::string& role);
  answer_slot remove_member(const std::string& by, const std::string& conv,
                            const std::string& user);
  answer_slot show(const std::string& reader, const std::string& conv);
  answer_slot block(const std::string& by, const std::string& user, bool on);
  answer_slot blocks(const std::string& user);
  answer_slot mute(const std::string& user, const std::string& conv,
                   timestamp until);
  answer_slot devices(const std::string& user);
  answer_slot name_device(const std::string& user, const std::string& device,
                          const std::string& name);
  answer_slot remove_device(const std::string& user, const std::string& device);
  answer_slot disable(const std::string& user, bool on);
  answer_slot end_sessions(const std::string& user, const std::string& login,
                           const std::string& except_login);
  answer_slot open_login(const std::string& user);
  answer_slot change_password(const std::string& user,
                              const std::string& except_login);

  answer_slot close_login(const std::string& user, const std::string& login,
                          const std::string& secret);
  answer_slot subscribe(const std::string& user, const std::string& endpoint,
                        const std::string& device = {},
                        const std::string& login = {});
  answer_slot unsubscribe(const std::string& user, const std::string& id);
  answer_slot subscriptions(const std::string& user);
  /// Minutes of the day in UTC.
  answer_slot set_quiet_hours(const std::string& user, uint32_t from,
                              uint32_t to);

  /// Runs until idle and takes the answer, which must be there.
  result<json::object> settle(const answer_slot& of);
  /// The same of a request that must not fail.
  json::object done(const answer_slot& of);
  /// The same of one that must: why it did.
  errc refusal(const answer_slot& of);

  /// Makes accounts and runs.
  void register_users(const std::vector<std::string>& users);

  std::vector<live_session> sessions();
  static active_actors active();

private:
  struct actors;

  void start_member(size_t member);
  void start_push();
  void wake_outboxes();
  void end_everything();
  bool reap();

  config::settings settings_;
  size_t members_ = 1;
  manual_wall_clock clock_;
  std::unique_ptr<random_source> random_;
  std::unique_ptr<history::store> disk_;
  std::unique_ptr<token_checker> tokens_;
  std::shared_ptr<fake_push> push_;
  std::function<bool(std::string_view)> cold_;
  std::shared_ptr<struct referee> referee_;
  uint64_t starts_ = 0;
  size_t failed_writes_ = 0;
  std::vector<std::weak_ptr<client>> clients_;
  std::unique_ptr<actors> actors_;
};

} // namespace parley::test
