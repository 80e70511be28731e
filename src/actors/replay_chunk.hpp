#pragma once

#include "actors/conversation.hpp"

#include "parley/history/reader.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace parley {

/// Reads the next stretch past `after`, with the recipients of each entry as of
/// its `seq`. Blocks.
/// @param until the last `seq` that is committed; `members_now` are those after
/// it.
result<replay_chunk> read_chunk(const history::store& from, const place& where,
                                const std::string& conv, uint64_t after,
                                uint64_t until,
                                std::vector<std::string> members_now);

} // namespace parley
