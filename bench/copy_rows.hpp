#pragma once

#include "parley/history/replica_store.hpp"

#include <cstdint>
#include <filesystem>

namespace parley::bench {

inline constexpr uint16_t moved_partition = 7;

/// Writes direct messages as conversations and inboxes write them, all of one
/// partition, until there are about `bytes` of rows.
void write_history(history::store& to, uint64_t bytes);

/// All rows of the partition, as they travel, one after the other.
void save_rows(const history::replica_store& from,
               const std::filesystem::path& to);

/// Of all files in a folder.
uint64_t bytes_in(const std::filesystem::path& folder);

} // namespace parley::bench
