#include "history/rocks_options.hpp"

#include "history/fragile_disk.hpp"
#include "history/key_parts.hpp"
#include "history/rocks_log.hpp"

#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <algorithm>

namespace parley::history {

namespace {

constexpr double filter_bits_per_key = 10;
constexpr uint64_t mebibyte = uint64_t{1} << 20;
/// Partition and the first byte of a hash. A hint takes 224 bytes of the write
/// buffer: busy places have their own, many idle ones share one.
constexpr size_t hint_prefix_bytes = 3;
/// A start replays up to this much of the log, at some 80 MB/s.
constexpr uint64_t log_bytes_max = 128 * mebibyte;

/// What all families share.
rocksdb::ColumnFamilyOptions common_options(const open_options& from) {
  rocksdb::ColumnFamilyOptions options;
  // The families share from.write_buffer_bytes (db_write_buffer_size); this
  // bound lets the busy ones have most of it.
  options.write_buffer_size = from.write_buffer_bytes;
  options.max_write_buffer_number = 4;
  // Rows of one conversation or user come in order: the next one is sought
  // from the last one's place, not from the top. Nearly halves a busy insert.
  options.memtable_insert_with_hint_prefix_extractor.reset(
      rocksdb::NewFixedPrefixTransform(hint_prefix_bytes));
  // Keys are hashes, so every file of level 0 overlaps all of level 1: the
  // more are merged at once, the less often level 1 is rewritten.
  options.level_compaction_dynamic_level_bytes = true;
  options.level0_file_num_compaction_trigger = 8;
  options.level0_slowdown_writes_trigger = 32;
  options.level0_stop_writes_trigger = 48;
  options.max_bytes_for_level_base = 256 * mebibyte;
  options.target_file_size_base = 64 * mebibyte;
  // Young data is rewritten soon: quick to write. Most data is at the bottom.
  options.compression = rocksdb::kLZ4Compression;
  options.compression_per_level = {rocksdb::kNoCompression,
                                   rocksdb::kLZ4Compression};
  options.bottommost_compression = rocksdb::kZSTD;
  options.bottommost_compression_opts.enabled = true;
  options.bottommost_compression_opts.level = 1;
  return options;
}

rocksdb::BlockBasedTableOptions
table_options(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions options;
  options.block_cache = cache;
  options.format_version = 5;
  options.checksum = rocksdb::kXXH3;
  options.filter_policy.reset(
      rocksdb::NewBloomFilterPolicy(filter_bits_per_key));
  // Indexes and filters count against the cache, so that memory is bounded
  // however much history there is.
  options.cache_index_and_filter_blocks = true;
  options.cache_index_and_filter_blocks_with_high_priority = true;
  options.pin_l0_filter_and_index_blocks_in_cache = true;
  return options;
}

void set_table(rocksdb::ColumnFamilyOptions& options,
               const rocksdb::BlockBasedTableOptions& table) {
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
}

/// Rows of one conversation or user are read together: larger blocks, and
/// filters that know which conversations and users a file has, so that a scan
/// within one skips the files without it.
rocksdb::ColumnFamilyOptions
by_place(const open_options& from,
         const std::shared_ptr<rocksdb::Cache>& cache) {
  auto options = common_options(from);
  auto table = table_options(cache);
  table.block_size = 16 * 1024;
  table.whole_key_filtering = false;
  set_table(options, table);
  options.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(place_bytes));
  return options;
}

/// Large bodies stay out of compactions, and are read from the cache by the
/// second member who asks.
rocksdb::ColumnFamilyOptions
messages_options(const open_options& from,
                 const std::shared_ptr<rocksdb::Cache>& cache) {
  auto options = by_place(from, cache);
  options.enable_blob_files = true;
  options.min_blob_size = from.blob_min_bytes;
  options.blob_file_size = 256 * mebibyte;
  options.blob_compression_type = rocksdb::kZSTD;
  options.enable_blob_garbage_collection = true;
  options.blob_cache = cache;
  return options;
}

/// Single rows looked up by their whole key, most of them dedupe entries that
/// are not there: a filter in memory, too. The filters of these many rows are
/// large: in partitions, only what is asked for comes into the cache.
rocksdb::ColumnFamilyOptions
state_options(const open_options& from,
              const std::shared_ptr<rocksdb::Cache>& cache) {
  auto options = common_options(from);
  options.memtable_whole_key_filtering = true;
  options.memtable_prefix_bloom_size_ratio = 0.01;
  auto table = table_options(cache);
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  set_table(options, table);
  return options;
}

rocksdb::ColumnFamilyOptions
plain_options(const open_options& from,
              const std::shared_ptr<rocksdb::Cache>& cache) {
  auto options = common_options(from);
  set_table(options, table_options(cache));
  return options;
}

} // namespace

rocksdb::DBOptions database_options(const open_options& from) {
  rocksdb::DBOptions options;
  if (auto* disk = fragile_disk())
    options.env = disk;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.paranoid_checks = true;
  options.max_background_jobs = std::max(from.background_threads, 1);
  options.max_file_opening_threads = std::max(from.background_threads, 1);
  options.max_open_files = 1024;
  options.db_write_buffer_size = from.write_buffer_bytes;

  // The log has one writer and is synced with each write. A power loss may
  // tear what was not synced yet: replay ends there. It is kept short, and is
  // not rewritten as tables before the node is ready.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.max_total_wal_size = std::min(from.write_buffer_bytes, log_bytes_max);
  options.avoid_flush_during_recovery = true;
  options.allow_concurrent_memtable_write = false;
  options.enable_write_thread_adaptive_yield = false;

  // An idle node wakes nobody and counts nothing.
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.skip_stats_update_on_db_open = true;
  options.info_log = make_rocks_log();
  options.max_manifest_file_size = 16 * mebibyte;
  options.bytes_per_sync = mebibyte;
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor>
family_options(const open_options& from,
               const std::shared_ptr<rocksdb::Cache>& cache) {
  return {{family_names[0], messages_options(from, cache)},
          {family_names[1], by_place(from, cache)},
          {family_names[2], state_options(from, cache)},
          {family_names[3], plain_options(from, cache)},
          {rocksdb::kDefaultColumnFamilyName, plain_options(from, cache)}};
}

} // namespace parley::history
