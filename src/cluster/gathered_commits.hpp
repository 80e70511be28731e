#pragma once

#include "parley/actors/messages.hpp"
#include "parley/history/batch.hpp"

#include <caf/actor_control_block.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace parley::cluster {

/// Small batches are put together up to this; a larger one stays alone.
inline constexpr size_t gathered_bytes_max = size_t{64} << 10;

/// What the actors of a partition commit between two writes. It becomes one
/// entry of the log: an entry costs every replica a row, a checksum and a place
/// in a message, whatever it carries.
struct gathered_commits {
  uint64_t epoch = 0;
  history::batch rows;
  std::vector<caf::strong_actor_ptr> by; ///< Who gave it, in order.

  bool admits(const commit& x) const {
    return by.empty()
           || (epoch == x.epoch
               && rows.bytes() + x.rows.bytes() <= gathered_bytes_max);
  }

  void add(commit& x, caf::strong_actor_ptr from) {
    epoch = x.epoch;
    if (rows.empty())
      rows = std::move(x.rows);
    else
      rows.append(x.rows);
    by.push_back(std::move(from));
  }
};

} // namespace parley::cluster
