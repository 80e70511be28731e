#pragma once

#include "parley/base/entry.hpp"

#include <cstdint>
#include <string_view>

namespace parley::history {

/// The start of a stored entry, without copying or looking at the rest.
struct entry_head {
  entry_kind kind = entry_kind::msg;
  std::string_view from; ///< Points into the decoded bytes.
  uint64_t seq = 0;
  timestamp ts = 0;
};

/// @returns false if these first bytes are damaged; the rest is not checked.
bool decode_head(std::string_view bytes, entry_head& x) noexcept;

} // namespace parley::history
