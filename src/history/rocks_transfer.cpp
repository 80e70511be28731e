#include "history/rocks_transfer.hpp"

#include "history/rocks_slices.hpp"

#include "parley/history/keys.hpp"

#include <rocksdb/sst_file_writer.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <optional>

namespace parley::history {

namespace {

namespace fs = std::filesystem;

constexpr uint64_t file_bytes_max = uint64_t{64} << 20;
constexpr size_t readahead_bytes = size_t{1} << 20;

error transfer_failed(const rocksdb::Status& status) {
  return {errc::internal, "moving a partition failed: " + status.ToString(), 0};
}

/// Half of the time of a copy would go into compression for the bottom. What is
/// merged into these files later has them written anew, and smaller.
rocksdb::Options quick_to_write(rocksdb::Options options) {
  options.compression = rocksdb::kLZ4Compression;
  options.compression_per_level.clear();
  options.bottommost_compression = rocksdb::kDisableCompressionOption;
  return options;
}

class view_of_rocks final : public partition_view {
public:
  view_of_rocks(rocksdb::DB& db, const family_handles& families,
                uint16_t partition)
      : db_(db),
        families_(families),
        snapshot_(db.GetSnapshot()),
        lower_(partition_prefix(partition)),
        upper_(prefix_end(lower_)),
        upper_bound_(upper_) {}

  ~view_of_rocks() override {
    at_.reset();
    db_.ReleaseSnapshot(snapshot_);
  }

  result<batch> next(size_t bytes) override {
    batch rows;
    while (rows.bytes() < bytes && family_ < families_.size()) {
      if (!at_)
        begin_family();
      for (; at_->Valid() && rows.bytes() < bytes; at_->Next())
        rows.put(static_cast<family>(family_), view(at_->key()),
                 view(at_->value()));
      if (!at_->status().ok())
        return transfer_failed(at_->status());
      if (at_->Valid())
        break;
      at_.reset();
      ++family_;
      if (family_ == static_cast<size_t>(family::log))
        ++family_;
    }
    return rows;
  }

private:
  void begin_family() {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_;
    options.iterate_upper_bound = &upper_bound_;
    options.total_order_seek = true;
    options.fill_cache = false;
    options.readahead_size = readahead_bytes;
    at_.reset(db_.NewIterator(options, families_[family_]));
    at_->Seek(slice(lower_));
  }

  rocksdb::DB& db_;
  family_handles families_;
  const rocksdb::Snapshot* snapshot_;
  std::string lower_;
  std::string upper_;
  rocksdb::Slice upper_bound_;
  size_t family_ = 0;
  std::unique_ptr<rocksdb::Iterator> at_;
};

/// Sorted files, so that the rows come into the database without a copy. Each
/// erases what is there from its first row, or the beginning of the partition,
/// to the next file's: a row of the same file is younger than that. None of
/// them overlaps another, so they can stand at the bottom at once, and no
/// compaction has to write them again.
class import_to_rocks final : public partition_import {
public:
  import_to_rocks(rocksdb::DB& db, const family_handles& families,
                  uint16_t partition, std::string folder)
      : db_(db),
        families_(families),
        folder_(std::move(folder)),
        lower_(partition_prefix(partition)),
        upper_(prefix_end(lower_)) {}

  ~import_to_rocks() override {
    file_.reset();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  result<void> add(const batch& rows) override {
    rocksdb::Status status;
    auto sound = rows.for_each([&](batch::op what, family in,
                                   std::string_view key,
                                   std::string_view value) {
      if (!status.ok())
        return;
      if (what != batch::op::put || key < lower_ || key >= upper_)
        status = rocksdb::Status::InvalidArgument("not a row of the partition");
      else
        status = put(static_cast<size_t>(in), key, value);
    });
    if (!sound)
      return error{errc::internal, "a batch of a partition is damaged", 0};
    if (!status.ok())
      return transfer_failed(status);
    return {};
  }

  /// Ends the last file and sees that each family has one.
  rocksdb::Status finish() {
    auto status = end_file(upper_);
    for (size_t in = 0; status.ok() && in < files_.size(); ++in)
      if (files_[in].empty()) {
        status = begin_file(in, lower_);
        if (status.ok())
          status = end_file(upper_);
      }
    return status;
  }

  rocksdb::Status ingest() {
    std::vector<rocksdb::IngestExternalFileArg> all;
    for (size_t in = 0; in < files_.size(); ++in) {
      auto& each = all.emplace_back();
      each.column_family = families_[in];
      each.external_files = files_[in];
      each.options.move_files = true;
      each.options.write_global_seqno = false;
    }
    return db_.IngestExternalFiles(all);
  }

private:
  rocksdb::Status put(size_t in, std::string_view key, std::string_view value) {
    if (in >= files_.size())
      return rocksdb::Status::InvalidArgument("no such family");
    auto same = file_ && in == family_;
    if (!same || file_->FileSize() >= file_bytes_max) {
      auto status = end_file(same ? key : upper_);
      if (status.ok())
        status = begin_file(in, key);
      if (!status.ok())
        return status;
    }
    return file_->Put(slice(key), slice(value));
  }

  rocksdb::Status begin_file(size_t in, std::string_view first) {
    auto& files = files_[in];
    if (!files.empty() && in != family_)
      return rocksdb::Status::InvalidArgument("rows out of order");
    family_ = in;
    from_ = files.empty() ? lower_ : std::string{first};
    options_ = quick_to_write(db_.GetOptions(families_[in]));
    files.push_back(folder_ + '/' + std::to_string(count_++) + ".sst");
    // Written back while it grows, so that the sync at its end is a short one.
    file_ = std::make_unique<rocksdb::SstFileWriter>(
        rocksdb::EnvOptions{options_}, options_, families_[in]);
    return file_->Open(files.back());
  }

  rocksdb::Status end_file(std::string_view until) {
    if (!file_)
      return {};
    auto status = file_->DeleteRange(slice(from_), slice(until));
    if (status.ok())
      status = file_->Finish();
    file_.reset();
    return status;
  }

  rocksdb::DB& db_;
  family_handles families_;
  std::string folder_;
  std::string lower_;
  std::string upper_;
  std::string from_; ///< The file erases what is there from here on.
  size_t family_ = 0;
  size_t count_ = 0;
  rocksdb::Options options_;
  std::unique_ptr<rocksdb::SstFileWriter> file_;
  std::array<std::vector<std::string>, 4> files_;
};

} // namespace

std::unique_ptr<partition_view> rocks_view(rocksdb::DB& db,
                                           const family_handles& families,
                                           uint16_t partition) {
  return std::make_unique<view_of_rocks>(db, families, partition);
}

result<std::unique_ptr<partition_import>>
rocks_import(rocksdb::DB& db, const family_handles& families,
             uint16_t partition, std::string folder) {
  std::error_code failed;
  fs::remove_all(folder, failed);
  fs::create_directories(folder, failed);
  if (failed)
    return error{errc::internal,
                 "cannot make " + folder + ": " + failed.message(), 0};
  return std::unique_ptr<partition_import>{std::make_unique<import_to_rocks>(
      db, families, partition, std::move(folder))};
}

rocksdb::Status rocks_replace(rocksdb::DB& db, partition_import& rows,
                              const batch& log_rows) {
  auto& files = dynamic_cast<import_to_rocks&>(rows);
  if (auto added = files.add(log_rows); !added)
    return rocksdb::Status::InvalidArgument(added.error().message);
  auto status = files.finish();
  if (status.ok())
    status = files.ingest();
  if (status.ok())
    status = db.SyncWAL();
  return status;
}

} // namespace parley::history
