#pragma once

#include "history/key_parts.hpp"

#include "parley/base/entry.hpp"
#include "parley/base/hash.hpp"
#include "parley/history/store.hpp"

#include <cstdint>
#include <functional>
#include <string_view>

namespace parley::history {

/// One row of a conversation: an entry, or what later ones did to it.
struct message_row {
  uint64_t seq = 0;
  row_part part = row_part::entry;
  std::string_view value; ///< Lives for the visit only.
};

/// Sets `sound` to false for a damaged row, which ends the scan.
/// @returns whether to go on.
using row_visitor = std::function<bool(const message_row& row, bool& sound)>;

/// Visits the rows of [first, last], entries before their overlays, or all in
/// reverse. Errors: `internal` if the store fails or a row is damaged.
result<void> scan_messages(const store& from, const place& conv, uint64_t first,
                           uint64_t last, bool reverse,
                           const row_visitor& visit);

/// Whether `seq`, which has no row, is one of a stretch of lost numbers. May
/// block.
result<bool> is_lost(const store& from, const place& conv, uint64_t seq);

/// An entry that is where its key says.
bool decode_row(const message_row& row, entry& x);

} // namespace parley::history
