#pragma once

#include "parley/history/store.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

/// How a partition goes from one node's store to another's: read as it was at
/// one moment, gathered beside the store that it is meant for, and put in the
/// place of what was there as one write.
namespace parley::history {

/// The rows of one partition as they were when it was made, those of the
/// replication log aside. Holds on to that state of the store: end it soon.
/// Blocks; from one thread at a time.
class partition_view {
public:
  virtual ~partition_view() = default;

  /// The next rows in their order, about `bytes` of them but at least one;
  /// empty at the end. Errors: `internal`.
  virtual result<batch> next(size_t bytes) = 0;
};

/// Rows on their way into a store, in files of their own until
/// `replica_store::replace`. What was not put in place is gone with the object.
class partition_import {
public:
  virtual ~partition_import() = default;

  /// Takes the next rows of a `partition_view`: puts only, in its order.
  /// Blocks. Errors: `internal` (a full disk, rows of another partition, rows
  /// out of order); nothing more may be added after one.
  virtual result<void> add(const batch& rows) = 0;
};

/// A store that holds replicas: its partitions come from other nodes, and go
/// there.
class replica_store : public store {
public:
  /// Like `write`, but durable only with the next one: for rows that can be had
  /// again from rows that are durable.
  virtual result<void> write_behind(const std::vector<batch>& batches) = 0;

  /// The partition as it is now. From any thread.
  virtual std::unique_ptr<partition_view>
  snapshot(uint16_t partition) const = 0;

  /// Begins to gather rows for a partition. From any thread.
  virtual result<std::unique_ptr<partition_import>>
  begin_import(uint16_t partition) = 0;

  /// Puts what was gathered, and `log_rows` of the family `log`, in the place
  /// of all rows of the partition, as one durable write. Blocks; from the
  /// journal only. An error is one of `write`.
  virtual result<void> replace(std::unique_ptr<partition_import> rows,
                               const batch& log_rows) = 0;
};

} // namespace parley::history
