#pragma once

#include "parley/base/error.hpp"
#include "parley/base/hash.hpp"
#include "parley/history/records.hpp"
#include "parley/history/store.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace parley::history {

/// The conversations of a partition with undelivered entries, at most `max`, in
/// the order of their keys; those behind `after`, if it is given. Blocks.
result<std::vector<outbox_record>> read_outboxes(const store& from,
                                                 uint16_t partition,
                                                 std::optional<place> after,
                                                 size_t max);

} // namespace parley::history
