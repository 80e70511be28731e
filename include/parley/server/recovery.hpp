#pragma once

#include "parley/base/error.hpp"
#include "parley/history/store.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace parley::server {

/// What the last stop or crash left undelivered.
struct open_work {
  uint64_t conversations = 0;
  uint64_t entries = 0; ///< Committed and not yet taken by everyone.
};

/// Finds every conversation with undelivered entries and calls `wake` for it.
/// Blocks; one scan a partition. Errors: `internal` when the store cannot be
/// read.
result<open_work>
find_open_work(const history::store& in, uint32_t partitions,
               const std::function<void(const std::string& conv)>& wake);

} // namespace parley::server
