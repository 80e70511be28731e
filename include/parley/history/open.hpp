#pragma once

#include "parley/history/replica_store.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace parley::history {

struct open_options {
  std::string path;
  uint64_t block_cache_bytes = 64ull << 20;
  uint64_t write_buffer_bytes = 64ull << 20;
  uint64_t blob_min_bytes = 4096; ///< Larger message bodies go to blob files.
  int background_threads = 2;     ///< Flushes and compactions.
  /// A checksum is wrong: called by whoever reads, before the read fails.
  std::function<void(const error&)> damaged = {};
};

/// Opens or makes the RocksDB store of a node; one process at a time (RocksDB
/// holds a lock file). Blocks while the write-ahead log is replayed. Errors:
/// `internal` with the reason (in use, damaged, no permission).
result<std::unique_ptr<replica_store>> open_rocks(const open_options& options);

/// A store in memory, for tests. The same contract, without permanence.
std::unique_ptr<replica_store> make_memory_store();

} // namespace parley::history
