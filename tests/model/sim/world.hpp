#pragma once

#include "model/sim/dice.hpp"
#include "model/sim/disk.hpp"
#include "model/sim/oracle.hpp"
#include "model/sim/zookeeper.hpp"

#include "parley/model/replication/election.hpp"
#include "parley/model/replication/replica.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace parley::sim {

using rep::node_id;

/// A cluster with one partition: up to five nodes, their disks, the messages
/// on their way, ZooKeeper, and a controller. Nothing happens by itself: a
/// schedule, of chance or by hand, says what happens next.
class world {
public:
  struct options {
    uint64_t seed = 1;
    rep::rules rule;
    size_t nodes = 3;
    size_t cut_percent = 5; ///< Of the batches, because of their bytes.
    bool trace = false;     ///< Prints what happens.
  };

  struct packet {
    node_id to = 0;
    rep::message what;
  };

  explicit world(const options& with);

  /// @name What may happen
  /// Each does nothing if it cannot happen.
  /// @{
  void deliver(size_t i);
  void lose(size_t i);
  void duplicate(size_t i);
  void sync(node_id at);
  void tick(node_id at, std::chrono::milliseconds later);
  void propose(node_id to);
  void ask_to_read(node_id from);
  void hand_over(node_id at);
  void trim(node_id at);
  /// A read of the record is carried out, or its answer arrives.
  void read_on(node_id at);
  /// A watch fires, and shows a version that this node has not seen yet.
  void watch(node_id at);
  void deal_with_request(fate of_it);
  void deliver_answer();
  void let_ghost_arrive();
  /// The controller looks at a record (0: the newest) and acts.
  void control(uint64_t version = 0);
  void report(node_id from);
  /// A change of the replica set begins.
  void change(node_id coming, node_id leaving);
  void finish_fetch(node_id at);
  void fail_fetch(node_id at);
  void kill(node_id at);
  void cut_power(node_id at);
  void fail_write(node_id at);
  void restart(node_id at);
  void restart_wiped(node_id at);
  void lie(node_id at);
  void repent(node_id at);
  void pause(node_id at);
  void resume(node_id at);
  void expire(node_id at);
  void renew(node_id at);
  /// What one says to the other is lost. Sessions live on.
  void silence(node_id from, node_id to);
  void cut_off(node_id at, bool hears, bool is_heard);
  void heal();
  /// @}

  /// Ends all faults, lets everything run its course, and checks that all
  /// replicas come to have everything and that something can be committed.
  void come_to_rest();
  /// Cuts one of the nodes, now at rest, off from some or all others, and
  /// checks that something is committed while that lasts.
  void outlast_a_cut();

  const std::string& violation() const { return oracle_.violation(); }
  bool holds() const { return oracle_.holds(); }
  uint64_t committed() const { return oracle_.committed(); }
  const std::vector<packet>& packets() const { return packets_; }
  size_t nodes() const { return with_.nodes; }
  dice& random() { return random_; }
  const zookeeper& keeper() const { return keeper_; }
  /// Nullptr if the node is down or has no replica.
  const rep::replica* at(node_id id) const {
    const auto& r = nodes_[id].replica;
    return r ? &*r : nullptr;
  }

private:
  struct pending_read {
    uint64_t token = 0;
    uint64_t version = 0; ///< That was read; 0: not carried out yet.
  };
  struct waiting_client {
    uint64_t ticket = 0;
    uint64_t committed = 0; ///< When it asked.
  };
  struct node {
    node_id id = 0;
    rep::replica_settings settings;
    disk store;
    std::optional<rep::replica> replica;
    bool up = false;
    bool paused = false;
    bool hosts = false;   ///< A replica of the partition.
    bool damaged = false; ///< Lost, or may lose, what it had promised.
    uint64_t life = 0;    ///< Counts the replicas that it has had.
    uint64_t incarnation = 0;
    uint64_t seen_version = 0;
    uint64_t promised_epoch = 0; ///< The highest in which it acknowledged.
    uint64_t checked = 0;
    uint64_t applied = 0;
    node_id fetching_from = 0;
    std::chrono::milliseconds now{1};
    std::vector<pending_read> reads;
    std::vector<waiting_client> clients;
  };
  struct reported {
    uint64_t incarnation = 0;
    rep::position last;
    uint64_t version = 0; ///< Of the record when it reported.
  };

  /// Has the replica deal with one event, and carries out what it asks for.
  template <class Event>
  void run(node& at, Event&& what) {
    if (!runs(at))
      return;
    effects_.clear();
    what(*at.replica, effects_);
    carry_out(at, effects_);
  }
  bool runs(const node& x) const { return x.up && !x.paused && x.replica; }
  void start(node& at);
  void stop(node& at);
  void forget(node& at);
  void host(node& at);
  void carry_out(node& at, rep::effects& all);
  void on(node& at, rep::send& x);
  void on(node& at, rep::send_entries& x);
  void on(node& at, rep::persist& x);
  void on(node& at, rep::apply& x);
  void on(node& at, rep::compare_and_set& x);
  void on(node& at, rep::read_record& x);
  void on(node& at, rep::fetch_snapshot& x);
  void on(node& at, rep::install& x);
  void on(node& at, rep::lead& x);
  void on(node&, rep::stepped_down&) {}
  void on(node& at, rep::reads_confirmed& x);
  void on(node& at, rep::retire& x);
  void on(node& at, rep::halt& x);
  void check(node& at);
  void note(node_id at, const std::string& what) const;
  void put(node_id to, rep::message what);
  packet take_packet(size_t i);
  bool hears(node_id at, node_id from) const { return !silent_[from][at]; }
  void commit_one_more(const char* otherwise);
  bool may_damage(const node& x);
  bool is_healed(const node& x) const;
  std::vector<rep::live_node> live(uint64_t version) const;
  void let_time_pass();
  bool has_come_to_rest() const;

  options with_;
  dice random_;
  oracle oracle_;
  zookeeper keeper_;
  std::array<node, nodes_max + 1> nodes_; ///< The first is none.
  std::array<reported, nodes_max + 1> reports_;
  std::array<std::array<bool, nodes_max + 1>, nodes_max + 1> silent_{};
  std::vector<packet> packets_;
  std::vector<zookeeper::answer> answers_;
  rep::effects effects_;
  uint64_t payloads_ = 0;
  uint64_t tickets_ = 0;
};

} // namespace parley::sim
