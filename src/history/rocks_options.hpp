#pragma once

#include "parley/history/open.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

/// How RocksDB is set up. Each choice says why beside it.
namespace parley::history {

/// By family; RocksDB's own `default` is there too, and stays empty.
inline constexpr std::array family_names{"messages", "inbox", "state", "log"};

rocksdb::DBOptions database_options(const open_options& from);

/// One per family, in order, and the default last. All share `cache`.
std::vector<rocksdb::ColumnFamilyDescriptor>
family_options(const open_options& from,
               const std::shared_ptr<rocksdb::Cache>& cache);

} // namespace parley::history
