#pragma once

#include "parley/model/replication/effects.hpp"
#include "parley/model/replication/isr_ledger.hpp"
#include "parley/model/replication/log_outline.hpp"
#include "parley/model/replication/messages.hpp"
#include "parley/model/replication/rules.hpp"
#include "parley/model/replication/types.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace parley::model::replication {

/// A monotonic time, whatever its zero is; it only paces (resending, taking a
/// slow member out) and never decides what is committed.
using instant = std::chrono::milliseconds;

/// The same for all replicas of a node.
struct replica_settings {
  node_id self = 0;
  size_t min_in_sync = 2;
  std::chrono::milliseconds lag_deadline{10'000};
  /// Of a member to which the link is gone. Short: mostly its process has died.
  std::chrono::milliseconds lost_deadline{500};
  std::chrono::milliseconds resend_after{500};
  std::chrono::milliseconds hand_over_deadline{5'000};
  /// A leader that hears too few others gives up its place after this; twice as
  /// long each time that this was of no use. Longer than ZooKeeper takes to see
  /// that a node is dead: then nobody is there to lead instead.
  std::chrono::milliseconds resign_after{10'000};
  uint32_t batch_entries_max = 64;
  uint32_t in_flight_entries_max = 1024;   ///< To one replica. Then: wait.
  uint32_t uncommitted_entries_max = 1024; ///< Then: `window_full`.
  uint64_t uncommitted_bytes_max = uint64_t{16} << 20; ///< Likewise.
  uint32_t unsynced_writes_max = 256; ///< Then: appends are dropped, resent.
  rules rule;
};

/// What the storage holds of a partition at the start.
struct recovered {
  uint64_t epoch = 0; ///< The highest that was seen (R10).
  log_outline log;
  uint64_t applied = 0; ///< The state is that after this entry.
};

enum class replica_role : uint8_t {
  learner,  ///< Receives, and is not known to be in the in-sync set.
  follower, ///< In the in-sync set.
  leader,
  retired, ///< Not one of the replicas any more; its range may go.
  halted,
};

/// The answer to a client's request at this replica.
enum class admission : uint8_t {
  accepted,
  not_leader,      ///< Ask another node.
  too_few_in_sync, ///< `unavailable`: nothing could be committed now.
  window_full,     ///< `unavailable`: enough is under way.
};

/// One replica of one partition: events in, effects out. No I/O, time, thread
/// or chance of its own. Not for several threads.
class replica {
public:
  /// @param with outlives the replica.
  /// @param incarnation the creation id of the node's ephemeral entry.
  replica(const replica_settings& with, uint16_t partition,
          uint64_t incarnation, recovered from);

  /// @name Events
  /// @{
  void receive(const message& what, effects& out);
  void synced(uint64_t ticket, effects& out);
  /// A write or sync failed: the partition halts, the process should end.
  void write_failed(effects& out);
  /// The record was read, after `read_record` or (token 0) on a watch.
  void saw(uint64_t token, const versioned_record& read, effects& out);
  /// @param version the record's new one, if confirmed.
  void answered(uint64_t token, cas_outcome outcome, uint64_t version,
                effects& out);
  void tick(instant now, effects& out);
  /// A snapshot of the leader's state after the entry `at` has been copied. It
  /// is wanted still if `install` is among the effects; else drop it.
  void fetched(position at, effects& out);
  void fetch_failed();
  /// The session ended and the node has a new one.
  void renewed(uint64_t incarnation, effects& out);
  /// The log up to `index` was deleted; at most up to `applied()`.
  void trimmed(uint64_t index);
  /// @}

  /// @name Requests to the leader
  /// @{
  /// Appends one entry. If accepted, its index is `end()`.
  admission propose(shared_bytes payload, effects& out);
  /// Asks for `reads_confirmed` with this ticket or a higher one; tickets
  /// ascend. It tells that no other leader had committed anything when the
  /// request was made that is not in the state now.
  admission confirm_reads(uint64_t ticket, effects& out);
  /// Gives the leadership to this member (0: to any), once it has everything.
  /// Until then, or for `hand_over_deadline`, no entry is accepted.
  void hand_over(node_id to, effects& out);
  /// That node is about to stop: it is left out of the in-sync set as soon as
  /// may be (R7), and taken in again in another incarnation only.
  void peer_leaves(node_id node, effects& out);
  /// The link to that node is gone: unless it is heard again, it is left out
  /// after `lost_deadline`.
  void peer_lost(node_id node);
  /// @}

  replica_role role() const noexcept;
  uint16_t partition() const noexcept { return partition_; }
  uint64_t epoch() const noexcept { return epoch_; }
  uint64_t incarnation() const noexcept { return incarnation_; }
  node_id leader() const noexcept { return leader_; }
  uint64_t end() const noexcept { return log_.end(); }
  uint64_t high_watermark() const noexcept { return high_watermark_; }
  uint64_t applied() const noexcept { return applied_; }
  const log_outline& log() const noexcept { return log_; }
  /// What counts in an election among restarted replicas (R12).
  position last_synced() const;
  /// Whether this could lead as it is: its log is as long as was promised, be
  /// it empty, and it has not stopped.
  bool is_sound() const noexcept { return !must_copy_ && !stopped(); }

private:
  /// A replica as its leader sees it.
  struct peer {
    node_id node = 0;
    uint64_t incarnation = 0; ///< With which it spoke last.
    uint64_t match = 0;       ///< Synced there, in this epoch.
    uint64_t next = 0;        ///< To be sent; 0: where to is not known.
    uint64_t round = 0;       ///< Of read confirmation.
    uint64_t goal = 0;        ///< The end when it was last caught up.
    instant goal_at{0};
    instant caught_up_at{0};
    instant moved_at{0};
    instant heard_at{0};
    instant lost_at{0};  ///< 0: its link is there, as far as is known.
    bool told = false;   ///< Since the last tick.
    bool leaves = false; ///< Has everything, and is about to stop.
  };

  /// What only a leader has.
  struct leadership {
    leadership(const rules& with, versioned_record record)
        : ledger(with, std::move(record)) {}

    isr_ledger ledger;
    std::vector<peer> peers;
    uint64_t epoch_start = 0; ///< The end when the epoch began (R5; KIP-497).
    std::vector<uint32_t> open_bytes; ///< Of own entries, not yet committed.
    uint64_t open_bytes_sum = 0;
    uint64_t reads_asked = 0;
    uint64_t reads_in_round = 0;
    uint64_t round = 0;
    bool round_open = false;
    instant handing_over_until{0}; ///< 0: it does not.
    node_id handing_over_to = 0;   ///< 0: to any.
    instant could_commit_at{0};    ///< Or began to lead, or to wait anew.
    node_set resigned_to;          ///< Since then, and was refused.
  };

  /// A write that is not synced yet and what holds once it is.
  struct unsynced {
    uint64_t ticket = 0;
    uint64_t end = 0;
    uint64_t epoch = 0;
  };

  bool stopped() const noexcept { return retired_ || halted_; }
  const rules& rule() const noexcept { return with_->rule; }
  header head() const noexcept {
    return {partition_, with_->self, incarnation_, epoch_};
  }
  uint64_t acknowledgeable() const noexcept {
    return rule().r1_sync_before_ack ? synced_ : log_.end();
  }

  // replica.cpp
  void adopt(uint64_t epoch, node_id leader, effects& out);
  void step_down(effects& out);
  void write(persist what, effects& out);
  void apply_committed(effects& out);
  void halt_for(halt_reason reason, effects& out);
  void read_afresh(effects& out);
  void saw_as_follower(uint64_t token, const versioned_record& read,
                       effects& out);
  void lead_if_elected(effects& out);

  // replica_follower.cpp
  void on(const append& m, effects& out);
  void on(const located& m, effects& out);
  void on(const too_old& m, effects& out);
  void on(const refused&, effects&) {} // its epoch has been adopted
  bool follows_on(const append& m) const;
  void take(const append& m, effects& out);
  void cut(uint64_t index, effects& out);
  void ask_where(effects& out);
  void acknowledge(effects& out);
  void copy_anew(effects& out);

  // replica_leader.cpp
  void begin_to_lead(effects& out);
  peer new_peer(node_id node) const;
  void know_peers();
  peer* peer_of(const header& from);
  void on(const appended& m, effects& out);
  void on(const locate& m, effects& out);
  void push(peer& to, effects& out);
  void beat(peer& to, effects& out);
  uint64_t acked_by(const isr_member& m) const;
  uint64_t committable() const;
  void advance(effects& out);
  void forget_open();
  void open_round(effects& out);
  void close_round(effects& out);
  bool can_commit() const;
  void tick_as_leader(effects& out);

  // replica_members.cpp
  void consider_change(effects& out);
  bool add_joining(partition_record& wanted, isr_set& added) const;
  bool take_out_slow(partition_record& wanted) const;
  bool take_out_leaving(partition_record& wanted) const;
  bool move_leadership(partition_record& wanted, isr_set& target) const;
  bool resign(partition_record& wanted, isr_set& target);
  bool is_slow(const peer& p) const;
  bool is_lost(const peer& p) const;
  bool drops_out(const peer& p) const;
  bool is_silent(const isr_member& m) const;
  bool may_join(const peer& p) const;
  bool is_current(const isr_member& m, const peer& p) const;
  const peer* find_peer(node_id node) const;
  void after_change(effects& out);

  const replica_settings* with_;
  uint16_t partition_;
  bool aligned_ = false;   ///< The log is known to be a part of the leader's.
  bool copying_ = false;   ///< A snapshot is under way.
  bool must_copy_ = false; ///< The log here is damaged.
  bool retired_ = false;
  bool halted_ = false;
  uint8_t resignations_ = 0; ///< Since this one could last commit as leader.
  node_id leader_ = 0;       ///< Of `epoch_`; 0: not known.
  uint64_t incarnation_;
  uint64_t epoch_; ///< The highest that was seen.
  uint64_t durable_epoch_;
  log_outline log_;
  uint64_t synced_;
  uint64_t high_watermark_;
  uint64_t applied_;
  uint64_t tickets_ = 0;
  uint64_t tokens_ = 0;
  uint64_t fresh_token_ = 0; ///< Of a read that began after `epoch_` was seen.
  uint64_t round_ = 0;       ///< The leader's last.
  instant now_{0};
  std::vector<unsynced> unsynced_;
  versioned_record record_; ///< The last one seen, unless this one leads.
  std::unique_ptr<leadership> leads_;
};

} // namespace parley::model::replication
