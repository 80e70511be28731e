#include "stored_size.hpp"

#include "history/rocks_options.hpp"

#include <rocksdb/db.h>
#include <rocksdb/metadata.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace parley::bench {

namespace {

void must(const rocksdb::Status& status) {
  if (!status.ok())
    throw std::runtime_error{"the server's data: " + status.ToString()};
}

uint64_t compacted_size(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
  must(db.Flush({}, family));
  rocksdb::CompactRangeOptions all;
  // Files that are at the bottom already are packed anew as well.
  all.bottommost_level_compaction =
      rocksdb::BottommostLevelCompaction::kForceOptimized;
  must(db.CompactRange(all, family, nullptr, nullptr));
  rocksdb::ColumnFamilyMetaData files;
  db.GetColumnFamilyMetaData(family, &files);
  return files.size + files.blob_file_size;
}

} // namespace

stored_size compact(const std::filesystem::path& data) {
  history::open_options from{.path = (data / "history").string()};
  auto families = history::family_options(
      from, rocksdb::NewLRUCache(from.block_cache_bytes));
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  must(rocksdb::DB::Open(history::database_options(from), from.path, families,
                         &handles, &opened));
  std::unique_ptr<rocksdb::DB> db{opened};
  // In the order of history::family_names.
  std::array<uint64_t, 3> sizes{};
  for (size_t i = 0; i < sizes.size(); ++i)
    sizes[i] = compacted_size(*db, handles[i]);
  for (auto* each : handles)
    must(db->DestroyColumnFamilyHandle(each));
  return {sizes[0], sizes[1], sizes[2]};
}

} // namespace parley::bench
