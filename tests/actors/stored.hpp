#pragma once

#include "actors/node.hpp"

#include "parley/history/reader.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// What the disk of a node holds, past all actors.
namespace parley::test {

/// The last `seq` of a conversation; 0: none.
inline uint64_t stored_last(node& at, const std::string& conv) {
  return history::last_entry(at.disk(), place_of(conv, at.partitions()))
      .value()
      .first;
}

inline std::vector<entry> stored_entries(node& at, const std::string& conv) {
  return history::read_entries(at.disk(), place_of(conv, at.partitions()), 0,
                               UINT64_MAX, SIZE_MAX)
      .value();
}

inline std::vector<history::inbox_entry> stored_inbox(node& at,
                                                      const std::string& user) {
  return history::read_inbox(at.disk(), place_of(user, at.partitions()), 0,
                             SIZE_MAX)
      .value();
}

/// How many rows of a kind the disk holds.
template <class Record>
size_t stored_rows(node& at, history::record kind) {
  size_t count = 0;
  for (uint32_t i = 0; i < at.partitions(); ++i)
    count +=
        history::load_all<Record>(
            at.disk(), history::state_prefix(kind, static_cast<uint16_t>(i)))
            .value()
            .size();
  return count;
}

} // namespace parley::test
