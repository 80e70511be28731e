#pragma once

#include <cstdint>
#include <filesystem>

namespace parley::bench {

/// Bytes of files by what they hold, without logs that replace nothing.
struct stored_size {
  uint64_t messages = 0;
  uint64_t inboxes = 0;
  uint64_t state = 0;
};

/// Opens a node's data directory with the node's own options, compacts all of
/// it, and says what it takes. The node must have ended.
/// @throws std::runtime_error if RocksDB objects.
stored_size compact(const std::filesystem::path& data);

} // namespace parley::bench
