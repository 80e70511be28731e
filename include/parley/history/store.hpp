#pragma once

#include "parley/base/error.hpp"
#include "parley/history/batch.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::history {

/// How far a read may go.
enum class reach : uint8_t {
  disk,   ///< May block; from the reader pool only.
  memory, ///< Never does I/O; what would need it is `unavailable`.
};

struct store_stats {
  uint64_t bytes_on_disk = 0;
  uint64_t bytes_in_memory = 0; ///< Memtables, block cache, pinned indexes.
  uint64_t rows_estimated = 0;
  uint64_t disk_free_bytes = 0;
  uint64_t disk_total_bytes = 0;
};

/// Ordered key-value rows in families, bytewise by key. Reads are safe from
/// any thread and see whole batches only, and only batches whose `write` has
/// synced. There is one writer: the journal.
class store {
public:
  virtual ~store() = default;

  /// The value of `key`; nothing if there is none. Errors: `unavailable` (with
  /// reach::memory; also for an empty value, which no record has), `internal`
  /// (the data is damaged or the disk fails).
  virtual result<std::optional<std::string>>
  get(family in, std::string_view key, reach how) const = 0;

  /// Calls `visit` for each row of [from, to), in order or in reverse, until
  /// it returns false. The views live for the call only.
  virtual result<void>
  scan(family in, std::string_view from, std::string_view to, bool reverse,
       const std::function<bool(std::string_view key, std::string_view value)>&
           visit) const = 0;

  /// Writes all batches as one, atomically, and syncs. Blocks; from the
  /// journal only. An error means that nothing may be acknowledged any more:
  /// the caller ends the process (I9).
  virtual result<void> write(const std::vector<batch>& batches) = 0;

  virtual store_stats stats() const = 0;
};

} // namespace parley::history
