#pragma once

#include "parley/base/shared_bytes.hpp"
#include "parley/cluster/surroundings.hpp"
#include "parley/history/partition_log.hpp"
#include "parley/history/replica_store.hpp"
#include "parley/model/replication/replica.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace parley::cluster {

struct host_settings {
  rep::replica_settings replicas;
  uint32_t partitions = 128;
  /// Of each partition's log, so much stays on the disk once it is applied, for
  /// replicas that were away for a while; others copy the partition.
  uint32_t log_entries_kept = 8192;
  uint64_t log_bytes_kept = uint64_t{8} << 20;
  size_t recent_bytes = size_t{256} << 10; ///< Of it, in memory.
  size_t append_bytes_max = size_t{1} << 20;
};

/// A partition's rows as they are after one entry of its log.
struct partition_snapshot {
  rep::position at;
  std::unique_ptr<history::partition_view> rows;
};

/// All replicas of a node: drives the state machines of model/replication over
/// one store, with one sync for all that is written together. No thread, clock
/// or socket of its own; blocks in the store. Not for several threads.
///
/// Events gather what they have to write; `flush` writes it and goes on with
/// what follows from that. Until then nothing is acknowledged to anyone.
class replica_host {
public:
  /// All three outlive the host.
  replica_host(const host_settings& with, history::replica_store& store,
               surroundings& outside);
  replica_host(const replica_host&) = delete;
  replica_host& operator=(const replica_host&) = delete;
  ~replica_host();

  /// Holds a replica of the partition, with what the store has of it.
  void host(uint16_t partition, uint64_t incarnation);
  /// Likewise, of each partition that the store has something of.
  void host_stored(uint64_t incarnation);
  bool hosts(uint16_t partition) const { return all_[partition] != nullptr; }
  /// Nullptr if there is none.
  const rep::replica* at(uint16_t partition) const;

  /// @name Events
  /// Those for a partition without a replica here are ignored.
  /// @{
  /// The batch of an actor that was activated in `epoch`.
  /// @returns false if this node does not lead the partition in that one (any
  /// more): then nothing comes of it.
  bool propose(uint16_t partition, uint64_t epoch, shared_bytes payload);
  void receive(const rep::message& what);
  void saw(uint16_t partition, uint64_t token,
           const rep::versioned_record& read);
  void answered(uint16_t partition, uint64_t token, rep::cas_outcome outcome,
                uint64_t version);
  void tick(rep::instant now);
  void renewed(uint64_t incarnation);
  void fetched(uint16_t partition, rep::position at,
               std::unique_ptr<history::partition_import> rows);
  void fetch_failed(uint16_t partition);
  /// What `read_and_send` asked for was read, in the order in which it was
  /// asked for; without entries if it could not be.
  void send_read(rep::node_id to, rep::append what, rep::position last);
  rep::admission confirm_reads(uint16_t partition, uint64_t ticket);
  void hand_over(uint16_t partition, rep::node_id to);
  /// Another node is about to stop.
  void peer_leaves(rep::node_id node);
  /// The link to another node is gone.
  void peer_lost(rep::node_id node);
  /// @}

  /// Whether `flush` has something to do.
  bool is_dirty() const noexcept {
    return !touched_.empty() || !written_.empty();
  }
  void flush();

  /// What a replica elsewhere begins with; nothing unless this node leads.
  /// Right after `flush`.
  std::optional<partition_snapshot> snapshot(uint16_t partition) const;

private:
  struct hosted;
  struct written {
    uint16_t partition = 0;
    uint64_t ticket = 0;
  };

  template <class Event>
  void run(uint16_t partition, Event&& what);
  void carry_out(hosted& at, rep::effects& all);
  void on(hosted& at, rep::send& x);
  void on(hosted& at, rep::send_entries& x);
  void on(hosted& at, rep::persist& x);
  void on(hosted& at, const rep::apply& x);
  void on(hosted& at, const rep::compare_and_set& x);
  void on(hosted& at, const rep::read_record& x);
  void on(hosted& at, const rep::fetch_snapshot& x);
  void on(hosted& at, const rep::install& x);
  void on(hosted& at, const rep::lead& x);
  void on(hosted& at, const rep::stepped_down& x);
  void on(hosted& at, const rep::reads_confirmed& x);
  void on(hosted& at, const rep::retire& x);
  void on(hosted& at, const rep::halt& x);

  void add(uint16_t partition, uint64_t incarnation,
           const history::log_marks& marks);
  void settle(hosted& at);
  void lead_if_complete(hosted& at);
  void propose_waiting(hosted& at);
  void erase(uint16_t partition);
  history::batch& rows_of(hosted& at);
  void touch(hosted& at);
  void write_touched();
  void after_write(hosted& at, bool synced);
  void trim(hosted& at);
  void fail(const error& why);

  const host_settings* with_;
  history::replica_store* store_;
  surroundings* outside_;
  std::vector<std::unique_ptr<hosted>> all_; ///< By partition.
  std::vector<history::batch> rows_;         ///< To be written, in order.
  std::vector<uint16_t> touched_;            ///< Partitions with such rows.
  std::vector<written> written_;             ///< Durable, not told yet.
  bool must_sync_ = false;
  bool failed_ = false;
};

} // namespace parley::cluster
