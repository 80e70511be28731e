#pragma once

#include "parley/model/replication/types.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace parley::cluster {

namespace rep = model::replication;

/// The end of a partition's log in memory: what is not applied yet, and as much
/// before it as its bound admits, for replicas that follow closely. Beside it
/// the size of each entry on the disk, which tells when to trim.
class recent_log {
public:
  explicit recent_log(uint64_t base = 0) : first_(base + 1), base_(base) {}

  void push(rep::log_entry x);
  /// An entry that lies on the disk only. Before any `push`.
  void push_stored(size_t bytes);
  void truncate(uint64_t index);
  /// Forgets what the disk no longer has.
  void trim(uint64_t index);
  /// Lets entries up to `applied` go, oldest first, down to so many bytes.
  void shrink(uint64_t applied, size_t bytes_max);

  uint64_t end() const noexcept { return base_ + sizes_.size(); }
  /// Whether the entry is in memory.
  bool holds(uint64_t index) const noexcept {
    return index >= first_ && index <= end();
  }
  const rep::log_entry& at(uint64_t index) const {
    return entries_[index - first_];
  }
  /// Entries from `first` on, all in memory, up to about so many bytes but at
  /// least one.
  std::vector<rep::log_entry> copy(uint64_t first, uint64_t last,
                                   size_t bytes_max) const;

  /// The index up to which the disk may be trimmed so that it keeps at most so
  /// much, or 0 if it has less than twice that.
  uint64_t to_trim(uint64_t applied, size_t entries_kept,
                   uint64_t bytes_kept) const;

private:
  void push_size(size_t bytes);

  uint64_t first_; ///< Of `entries_`.
  uint64_t base_;  ///< Before the first of `sizes_`.
  std::deque<rep::log_entry> entries_;
  std::deque<uint32_t> sizes_;
  size_t bytes_in_memory_ = 0;
  uint64_t bytes_on_disk_ = 0;
};

} // namespace parley::cluster
