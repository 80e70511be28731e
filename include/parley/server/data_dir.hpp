#pragma once

#include "parley/base/error.hpp"
#include "parley/base/random.hpp"
#include "parley/history/records.hpp"
#include "parley/history/store.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
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

/// What the last start wrote down; nothing if there was none. Errors:
/// `internal` when the store is of another format, or has another number of
/// partitions than `partitions`, which the first start fixed.
result<std::optional<history::meta_record>> last_start(const history::store& in,
                                                       uint32_t partitions);

/// Counts one more start in the store, durably, before anything else writes.
/// Errors: as `last_start`.
result<history::meta_record> begin_start(history::store& in,
                                         uint32_t partitions);

/// Makes the data of a node that stood alone those with which a cluster begins:
/// other nodes copy what is in each partition. Durable; may be repeated until
/// the cluster has begun.
result<void> seed_cluster(history::store& in, uint32_t partitions);

} // namespace parley::server
