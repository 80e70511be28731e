#include "history/key_parts.hpp"
#include "history/rocks_options.hpp"
#include "history/rocks_slices.hpp"
#include "history/rocks_transfer.hpp"

#include <rocksdb/perf_level.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <filesystem>

namespace parley::history {

namespace {

/// Larger writes get a buffer of their own.
constexpr size_t kept_batch_bytes = size_t{1} << 20;

/// Scans within one conversation or user keep what they read in the cache;
/// longer ones would only wash it out.
constexpr size_t cached_scan_prefix_bytes = 16;

/// Few readers need few shards; a large body must fit into one.
constexpr int cache_shard_bits = 4;

error failure(const rocksdb::Status& status) {
  return {errc::internal, "the store failed: " + status.ToString()};
}

/// RocksDB counts every comparison of a thread unless told otherwise, which
/// costs a quarter of an insert.
void count_nothing() {
  rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);
}

size_t common_prefix_bytes(std::string_view a, std::string_view b) {
  auto end = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<size_t>(end.first - a.begin());
}

class rocks_store final : public replica_store {
public:
  rocks_store(std::string path, std::shared_ptr<rocksdb::Cache> cache,
              std::unique_ptr<rocksdb::DB> db,
              std::vector<rocksdb::ColumnFamilyHandle*> families,
              std::function<void(const error&)> damaged)
      : path_(std::move(path)),
        damaged_(std::move(damaged)),
        cache_(std::move(cache)),
        db_(std::move(db)),
        families_(std::move(families)) {}

  ~rocks_store() override {
    for (auto* handle : families_)
      db_->DestroyColumnFamilyHandle(handle);
    db_->Close().PermitUncheckedError();
  }

  result<std::optional<std::string>> get(family in, std::string_view key,
                                         reach how) const override {
    count_nothing();
    rocksdb::ReadOptions options;
    if (how == reach::memory)
      options.read_tier = rocksdb::kBlockCacheTier;
    std::string value;
    auto status = db_->Get(options, handle(in), slice(key), &value);
    // For a table whose file is not open yet, RocksDB says that the row may
    // exist by an empty value instead of `Incomplete`.
    auto unknown = status.IsIncomplete()
                   || (how == reach::memory && status.ok() && value.empty());
    if (unknown)
      return error{errc::unavailable, "the row is not in memory"};
    if (status.ok())
      return std::optional{std::move(value)};
    if (status.IsNotFound())
      return std::optional<std::string>{};
    return unreadable(status);
  }

  result<void>
  scan(family in, std::string_view from, std::string_view to, bool reverse,
       const std::function<bool(std::string_view, std::string_view)>& visit)
      const override {
    if (from >= to)
      return {};
    auto lower = slice(from);
    auto upper = slice(to);
    auto shared = common_prefix_bytes(from, to);
    count_nothing();
    rocksdb::ReadOptions options;
    options.iterate_lower_bound = &lower;
    options.iterate_upper_bound = &upper;
    options.fill_cache = shared >= cached_scan_prefix_bytes;
    // Within one place its filters may answer; across places they must not.
    options.total_order_seek = shared < place_bytes;
    options.prefix_same_as_start = !options.total_order_seek;
    std::unique_ptr<rocksdb::Iterator> at{
        db_->NewIterator(options, handle(in))};
    if (reverse)
      at->SeekForPrev(upper);
    else
      at->Seek(lower);
    while (at->Valid() && visit(view(at->key()), view(at->value())))
      reverse ? at->Prev() : at->Next();
    if (!at->status().ok())
      return unreadable(at->status());
    return {};
  }

  result<void> write(const std::vector<batch>& batches) override {
    return write(batches, true);
  }

  result<void> write_behind(const std::vector<batch>& batches) override {
    return write(batches, false);
  }

  std::unique_ptr<partition_view> snapshot(uint16_t partition) const override {
    return rocks_view(*db_, own_families(), partition);
  }

  result<std::unique_ptr<partition_import>>
  begin_import(uint16_t partition) override {
    return rocks_import(*db_, own_families(), partition,
                        path_ + "/import-" + std::to_string(partition));
  }

  result<void> replace(std::unique_ptr<partition_import> rows,
                       const batch& log_rows) override {
    auto status = rocks_replace(*db_, *rows, log_rows);
    if (!status.ok())
      return failure(status);
    return {};
  }

  store_stats stats() const override {
    store_stats result;
    for (auto* in : families_) {
      result.bytes_on_disk +=
          number(in, rocksdb::DB::Properties::kTotalSstFilesSize)
          + number(in, rocksdb::DB::Properties::kTotalBlobFileSize);
      result.bytes_in_memory +=
          number(in, rocksdb::DB::Properties::kCurSizeAllMemTables)
          + number(in, rocksdb::DB::Properties::kEstimateTableReadersMem);
      result.rows_estimated +=
          number(in, rocksdb::DB::Properties::kEstimateNumKeys);
    }
    result.bytes_in_memory += cache_->GetUsage();
    rocksdb::VectorLogPtr logs;
    if (db_->GetSortedWalFiles(logs).ok())
      for (const auto& log : logs)
        result.bytes_on_disk += log->SizeFileBytes();
    std::error_code failed;
    auto disk = std::filesystem::space(path_, failed);
    if (!failed) {
      result.disk_free_bytes = disk.available;
      result.disk_total_bytes = disk.capacity;
    }
    return result;
  }

private:
  error unreadable(const rocksdb::Status& status) const {
    auto why = failure(status);
    if (status.IsCorruption() && damaged_)
      damaged_(why);
    return why;
  }

  result<void> write(const std::vector<batch>& batches, bool sync) {
    size_t bytes = 0;
    for (const auto& x : batches)
      bytes += x.bytes();
    auto large = bytes > kept_batch_bytes;
    rocksdb::WriteBatch once{large ? bytes + bytes / 8 : 0};
    auto& rows = large ? once : rows_;
    rows.Clear();
    if (auto added = add(batches, rows); !added)
      return added;
    count_nothing();
    rocksdb::WriteOptions options;
    options.sync = sync;
    auto status = db_->Write(options, &rows);
    if (!status.ok())
      return failure(status);
    return {};
  }

  /// Without RocksDB's own `default`.
  family_handles own_families() const {
    return {families_.begin(), families_.begin() + family_names.size()};
  }

  rocksdb::ColumnFamilyHandle* handle(family in) const {
    return families_[static_cast<size_t>(in)];
  }

  uint64_t number(rocksdb::ColumnFamilyHandle* in,
                  const std::string& property) const {
    uint64_t value = 0;
    db_->GetIntProperty(in, property, &value);
    return value;
  }

  /// Erases the rows of a range one by one: RocksDB 7.8 keeps one insert hint
  /// for a memtable's rows and its range deletions, which are two lists, and
  /// fails on it.
  rocksdb::Status erase_each(const std::vector<batch>& batches, size_t before,
                             rocksdb::WriteBatch& to, family in,
                             std::string_view from,
                             std::string_view until) const {
    rocksdb::Status status;
    auto erase = [&](std::string_view key) {
      if (status.ok())
        status = to.Delete(handle(in), slice(key));
    };
    auto stored = scan(in, from, until, false,
                       [&](std::string_view key, std::string_view) {
                         erase(key);
                         return status.ok();
                       });
    if (!stored)
      return rocksdb::Status::Corruption(stored.error().message);
    // Rows of this very write that come before the erasure go, too.
    size_t at = 0;
    for (const auto& x : batches)
      x.for_each([&](batch::op what, family where, std::string_view key,
                     std::string_view) {
        if (at++ < before && what == batch::op::put && where == in
            && key >= from && key < until)
          erase(key);
      });
    return status;
  }

  result<void> add(const std::vector<batch>& batches,
                   rocksdb::WriteBatch& to) const {
    rocksdb::Status status;
    size_t at = 0;
    auto add_row = [&](batch::op what, family in, std::string_view key,
                       std::string_view value) {
      auto before = at++;
      if (!status.ok())
        return;
      switch (what) {
        case batch::op::put:
          status = to.Put(handle(in), slice(key), slice(value));
          break;
        case batch::op::erase:
          status = to.Delete(handle(in), slice(key));
          break;
        case batch::op::erase_range:
          status = erase_each(batches, before, to, in, key, value);
          break;
      }
    };
    for (const auto& x : batches)
      if (!x.for_each(add_row))
        return error{errc::internal, "a batch is damaged"};
    if (!status.ok())
      return failure(status);
    return {};
  }

  std::string path_;
  std::function<void(const error&)> damaged_;
  std::shared_ptr<rocksdb::Cache> cache_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
  rocksdb::WriteBatch rows_; ///< Keeps its buffer between small writes.
};

} // namespace

result<std::unique_ptr<replica_store>> open_rocks(const open_options& options) {
  std::error_code failed;
  std::filesystem::create_directories(options.path, failed);
  if (failed)
    return error{errc::internal,
                 "cannot make " + options.path + ": " + failed.message()};
  auto cache =
      rocksdb::NewLRUCache(options.block_cache_bytes, cache_shard_bits);
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  auto status =
      rocksdb::DB::Open(database_options(options), options.path,
                        family_options(options, cache), &families, &db);
  if (!status.ok())
    return error{errc::internal,
                 "cannot open " + options.path + ": " + status.ToString()};
  return std::unique_ptr<replica_store>{std::make_unique<rocks_store>(
      options.path, std::move(cache), std::unique_ptr<rocksdb::DB>{db},
      std::move(families), options.damaged)};
}

} // namespace parley::history
