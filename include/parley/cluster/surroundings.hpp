#pragma once

#include "parley/base/error.hpp"
#include "parley/model/replication/effects.hpp"

#include <cstddef>
#include <cstdint>

namespace parley::cluster {

namespace rep = model::replication;

/// What the replicas of a node ask of the world outside of its store. Each call
/// returns at once and calls nothing of the host; the answers are events.
class surroundings {
public:
  virtual ~surroundings() = default;

  /// To the host of another node. May be lost.
  virtual void send(rep::node_id to, rep::message what) = 0;
  /// As `send`, with the entries behind `what.prev` up to `last`, which have to
  /// be read from the disk: `replica_host::send_read`.
  virtual void read_and_send(rep::node_id to, rep::append what,
                             rep::position last) = 0;
  virtual void compare_and_set(uint16_t partition,
                               const rep::compare_and_set& what) = 0;
  virtual void read_record(uint16_t partition, uint64_t token) = 0;
  /// Copies the partition; answered by `fetched` or `fetch_failed`.
  virtual void fetch_snapshot(uint16_t partition, rep::node_id from) = 0;

  /// The next so many proposals for the partition are committed and can be
  /// read from the store.
  virtual void committed(uint16_t partition, size_t count) = 0;
  /// This node leads the partition, and the store holds all that its earlier
  /// leaders committed.
  virtual void leads(uint16_t partition, uint64_t epoch) = 0;
  /// It no longer does; nobody hears of its open proposals any more.
  virtual void stepped_down(uint16_t partition) = 0;
  virtual void reads_confirmed(uint16_t partition, uint64_t ticket) = 0;
  /// The partition was deleted here: its replicas are elsewhere.
  virtual void retired(uint16_t partition) = 0;
  virtual void halted(uint16_t partition, rep::halt_reason why) = 0;
  /// The store failed: the process ends at once and says why (I9).
  virtual void failed(const error& why) = 0;
};

} // namespace parley::cluster
