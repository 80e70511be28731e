#pragma once

#include "parley/history/replica_store.hpp"

#include <rocksdb/db.h>

#include <memory>
#include <string>
#include <vector>

namespace parley::history {

using family_handles = std::vector<rocksdb::ColumnFamilyHandle*>;

std::unique_ptr<partition_view>
rocks_view(rocksdb::DB& db, const family_handles& families, uint16_t partition);

/// Writes into files of `folder`, which is made, and removed again.
result<std::unique_ptr<partition_import>>
rocks_import(rocksdb::DB& db, const family_handles& families,
             uint16_t partition, std::string folder);

/// `rows` came from `rocks_import` of the same database.
rocksdb::Status rocks_replace(rocksdb::DB& db, partition_import& rows,
                              const batch& log_rows);

} // namespace parley::history
