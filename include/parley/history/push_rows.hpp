#pragma once

#include "parley/base/error.hpp"
#include "parley/history/records.hpp"
#include "parley/history/store.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What is kept about notifications. Blocks; for the reader pool.
namespace parley::history {

/// Everything of one user.
struct push_rows {
  quiet_record quiet;
  std::vector<subscription_record> subscriptions;
  std::vector<push_record> waiting;
  std::optional<push_mark_record> mark;
};

/// Errors: `internal` for a damaged row.
result<push_rows> load_push(const store& from, const place& user);

/// Users with a mark, in key order.
struct marked_users {
  std::vector<std::string> users;
  std::string next; ///< Where to go on; empty: that was the last one.
};

/// At most `max` marked users of a partition, from where `next` said (empty:
/// from the first). Errors: `internal` for a damaged row.
result<marked_users> read_push_marks(const store& from, uint16_t partition,
                                     const std::string& next, size_t max);

} // namespace parley::history
