#pragma once

#include "parley/base/error.hpp"
#include "parley/base/shared_bytes.hpp"
#include "parley/history/batch.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

/// The replication log of a partition as rows of the family `log`.
namespace parley::history {

class store;

struct log_row {
  uint64_t index = 0;
  uint64_t epoch = 0;
  uint32_t crc32c = 0; ///< As the entry came; not of this row.
  shared_bytes payload;
};

/// What a node knows of its replica beside the entries.
struct log_marks {
  uint64_t epoch = 0;      ///< The highest that was seen.
  uint64_t base_epoch = 0; ///< Of the entry before the log's first.
  uint64_t base = 0;       ///< The index of that entry.
  uint64_t applied = 0;    ///< The state is that after this entry.

  friend bool operator==(const log_marks&, const log_marks&) = default;
};

void put_log_row(batch& to, uint16_t partition, const log_row& x);
/// Erases the entries of (above, ∞) or of (…, upto].
void cut_log(batch& to, uint16_t partition, uint64_t above);
void trim_log(batch& to, uint16_t partition, uint64_t upto);
void put_log_marks(batch& to, uint16_t partition, const log_marks& x);

/// Nothing if the partition has no replica here. Errors: `internal`.
result<std::optional<log_marks>> read_log_marks(const store& from,
                                                uint16_t partition);

/// Calls `visit` for each entry from `first` to `last`, in order, until it
/// returns false. May block. Errors: `internal` (also for a damaged row).
result<void> read_log(const store& from, uint16_t partition, uint64_t first,
                      uint64_t last, const std::function<bool(log_row)>& visit);

} // namespace parley::history
