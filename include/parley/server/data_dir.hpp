#pragma once

#include "parley/base/error.hpp"
#include "parley/history/records.hpp"
#include "parley/history/store.hpp"

#include <cstdint>
#include <filesystem>

namespace parley::server {

/// The layout of the data directory that this version reads and writes.
inline constexpr uint32_t data_format = 1;

/// Makes the data directory (mode 0700) unless it exists. Errors: `internal`
/// with the reason.
result<void> make_data_dir(const std::filesystem::path& at);

/// Where the store lies in the data directory.
std::filesystem::path store_path(const std::filesystem::path& data_dir);

/// Counts one more start in the store, durably, before anything else writes.
/// Errors: `internal` when the store is of another format, or has another
/// number of partitions than `partitions`, which the first start fixed.
result<history::meta_record> begin_start(history::store& in,
                                         uint32_t partitions);

} // namespace parley::server
