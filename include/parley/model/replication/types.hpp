#pragma once

#include "parley/base/shared_bytes.hpp"

#include <boost/container/static_vector.hpp>

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>

/// The values of replication: primary and backups over an in-sync replica set
/// whose record is in ZooKeeper. After PacificA (Lin et al., MSR-TR-2008-25)
/// and Kafka (KIP-101, 279, 380, 497, 903, 966); docs/replication.md.
namespace parley::model::replication {

/// A node's number in the cluster; 0: none.
using node_id = uint32_t;

/// Replicas of a partition at most, one that is to leave and one that is to
/// come included. A change that needs more is refused by the controller.
inline constexpr size_t replicas_max = 7;

/// A place in a log and the epoch of the leader that wrote it. Ordered as
/// logs are when no in-sync replica kept its memory: (last epoch, end).
struct position {
  uint64_t epoch = 0;
  uint64_t index = 0; ///< From 1; 0 is before the first entry.

  friend auto operator<=>(const position&, const position&) = default;
};

/// One entry of a partition's log.
struct log_entry {
  uint16_t partition = 0;
  uint32_t crc32c = 0; ///< Of all other fields; see `checksum`.
  uint64_t epoch = 0;
  uint64_t index = 0;
  shared_bytes payload; ///< The batch that an actor gave to the journal.

  friend bool operator==(const log_entry&, const log_entry&) = default;
};

/// CRC-32C over everything else in the entry.
uint32_t checksum(const log_entry& x) noexcept;

/// A member of the in-sync set. The incarnation is the creation id of the
/// node's ephemeral entry: a node that restarted, or whose session ended, has
/// another one and is no longer this member (R6; KIP-903).
struct isr_member {
  node_id node = 0;
  uint64_t incarnation = 0;

  friend bool operator==(const isr_member&, const isr_member&) = default;
};

using isr_set = boost::container::static_vector<isr_member, replicas_max>;
using node_set = boost::container::static_vector<node_id, replicas_max>;

/// What ZooKeeper holds of a partition.
struct partition_record {
  uint64_t epoch = 0;
  node_id leader = 0;
  isr_set isr;
  node_set replicas;   ///< Those outside the ISR are learners.
  node_id leaving = 0; ///< Goes once all other replicas are in sync.
  /// The last epoch whose leader may lack what was committed, as an operator
  /// accepted it; 0: there was none. And how many numbers, in all of them, a
  /// conversation may have given out that nobody knows of.
  uint64_t lossy_epoch = 0;
  uint64_t lossy_gap = 0;

  friend bool operator==(const partition_record&,
                         const partition_record&) = default;
};

/// A record as it was read, with the version that a compare-and-set names.
struct versioned_record {
  partition_record record;
  uint64_t version = 0;
};

template <class Set>
bool holds(const Set& set, const typename Set::value_type& x) {
  return std::find(set.begin(), set.end(), x) != set.end();
}

/// The member of the set that is this node, or nullptr.
inline const isr_member* find_node(const isr_set& isr, node_id node) {
  for (const auto& each : isr)
    if (each.node == node)
      return &each;
  return nullptr;
}

} // namespace parley::model::replication
