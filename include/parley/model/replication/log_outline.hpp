#pragma once

#include "parley/model/replication/types.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace parley::model::replication {

/// Where each epoch begins in a log; all that a replica has to know of it. A
/// partition that did not change its leader since the log's start needs one
/// such place, however many entries it has.
class log_outline {
public:
  /// Where an epoch begins.
  struct start {
    uint64_t epoch = 0;
    uint64_t first = 0;
  };

  log_outline() = default;

  /// An empty log behind `base`, the last entry before it (of a snapshot, or
  /// of what was trimmed).
  explicit log_outline(position base) : base_(base), end_(base.index) {}

  position base() const noexcept { return base_; }
  uint64_t end() const noexcept { return end_; }
  position last() const noexcept { return {last_epoch(), end_}; }
  uint64_t last_epoch() const noexcept {
    return starts_.empty() ? base_.epoch : starts_.back().epoch;
  }
  const std::vector<start>& starts() const noexcept { return starts_; }

  /// The epoch of an entry between base and end; nothing outside of them.
  std::optional<uint64_t> epoch_at(uint64_t index) const;

  /// Of the epochs up to `epoch`, the last one in this log and where it ends.
  /// Nothing if it would be before the base.
  std::optional<position> boundary(uint64_t epoch) const;

  /// Adds one entry behind the end. Epochs never go back.
  void push(uint64_t epoch);

  /// Forgets what is above `index`, which is not below the base.
  void truncate(uint64_t index);

  /// Forgets what is up to `index`, which becomes the base.
  void trim(uint64_t index);

private:
  position base_;
  uint64_t end_ = 0;
  std::vector<start> starts_; ///< Ascending in both fields.
};

} // namespace parley::model::replication
