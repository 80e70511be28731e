#pragma once

#include "parley/base/error.hpp"
#include "parley/base/random.hpp"
#include "parley/history/records.hpp"
#include "parley/history/store.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace parley::server {

/// The layout of the data directory that this version reads and writes.
inline constexpr uint32_t data_format = 1;

/// Makes the data directory (mode 0700) unless it exists. Errors: `internal`
/// with the reason.
result<void> make_data_dir(const std::filesystem::path& at);

/// Where the store lies in the data directory.
std::filesystem::path store_path(const std::filesystem::path& data_dir);

/// Whose data a directory holds. Files beside the store, which can be read
/// before anything is opened.
struct data_identity {
  std::string instance; ///< Random, made with the directory.
  std::string cluster;  ///< Empty: no cluster's.
};

/// Makes the instance at the first call. Errors: `internal` with the reason.
result<data_identity> open_identity(const std::filesystem::path& data_dir,
                                    random_source& random);

/// Fixes the cluster, durably.
result<void> keep_cluster(const std::filesystem::path& data_dir,
                          const std::string& id);

/// Counts one more start in the store, durably, before anything else writes.
/// Errors: `internal` when the store is of another format, or has another
/// number of partitions than `partitions`, which the first start fixed.
result<history::meta_record> begin_start(history::store& in,
                                         uint32_t partitions);

/// Whether the store was ever started with.
result<bool> was_started(const history::store& in);

} // namespace parley::server
