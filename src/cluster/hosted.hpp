#pragma once

#include "cluster/recent_log.hpp"

#include "parley/cluster/replica_host.hpp"
#include "parley/history/partition_log.hpp"

#include <deque>
#include <map>

namespace parley::cluster {

inline constexpr uint64_t none_of_mine = UINT64_MAX;

/// A replica and what its driver has to know beside it.
struct replica_host::hosted {
  hosted(const rep::replica_settings& with, uint16_t partition,
         uint64_t incarnation, rep::recovered from)
      : it(with, partition, incarnation, std::move(from)) {}

  rep::replica it;
  recent_log log;
  history::log_marks marks; ///< As they will be after the next write.
  uint64_t readable = 0;    ///< The store's state is that after this entry.
  uint64_t ticket = 0;      ///< The last one in the next write.
  bool touched = false;     ///< It has rows in the next write.
  bool retired = false;

  // While it leads:
  std::map<rep::node_id, size_t> reads; ///< For replicas that lag behind.
  uint64_t first_mine = none_of_mine;   ///< Its proposals begin here.
  size_t committed = 0;                 ///< Proposals in the next write.
  bool told_to_lead = false;
  std::deque<shared_bytes> waiting; ///< Proposals that were not accepted yet.

  /// Of a copy that has been fetched, until it is put in place.
  std::unique_ptr<history::partition_import> fetched;
};

/// Has a replica deal with an event, and carries out what it asks for.
template <class Event>
void replica_host::run(uint16_t partition, Event&& what) {
  if (partition >= all_.size() || !hosts(partition) || failed_)
    return;
  auto& at = *all_[partition];
  rep::effects out;
  what(at.it, out);
  carry_out(at, out);
  propose_waiting(at);
  settle(at);
}

} // namespace parley::cluster
