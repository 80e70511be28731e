#include "history/fragile_disk.hpp"

#ifdef PARLEY_FAULTS

#  include <rocksdb/env.h>
#  include <rocksdb/file_system.h>

#  include <array>
#  include <atomic>
#  include <csignal>
#  include <cstdlib>
#  include <filesystem>
#  include <map>
#  include <mutex>
#  include <random>
#  include <shared_mutex>
#  include <string>
#  include <thread>
#  include <unistd.h>
#  include <utility>

namespace parley::history {

namespace {

namespace fs = std::filesystem;
using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

/// What would be left of the files.
class surviving {
public:
  explicit surviving(uint32_t seed) : keeps_(seed != 0), chance_(seed) {}

  void created(const std::string& path) {
    std::lock_guard lock{guard_};
    files_[path] = {};
  }

  void grown(const std::string& path, uint64_t size) {
    std::lock_guard lock{guard_};
    files_[path].written = size;
  }

  void synced(const std::string& path, uint64_t size) {
    std::lock_guard lock{guard_};
    files_[path].synced = size;
  }

  void folder_synced(const fs::path& folder) {
    std::lock_guard lock{guard_};
    for (auto& [path, each] : files_)
      if (fs::path{path}.parent_path() == folder)
        each.in_folder = true;
  }

  void erased(const std::string& path) {
    std::lock_guard lock{guard_};
    files_.erase(path);
  }

  /// As if the folder had been synced right after it.
  void renamed(const std::string& from, const std::string& to) {
    std::lock_guard lock{guard_};
    auto moved = files_.extract(from);
    files_.erase(to);
    if (!moved)
      return;
    moved.key() = to;
    moved.mapped().in_folder = true;
    files_.insert(std::move(moved));
  }

  void linked(const std::string& from, const std::string& to) {
    std::lock_guard lock{guard_};
    if (auto known = files_.find(from); known != files_.end())
      files_[to] = {known->second.written, known->second.synced, false};
  }

  void lose_the_rest() {
    std::lock_guard lock{guard_};
    std::error_code ignored;
    for (const auto& [path, each] : files_)
      if (each.in_folder)
        fs::resize_file(path, left_of(each), ignored);
      else
        fs::remove(path, ignored);
  }

private:
  struct file {
    uint64_t written = 0;
    uint64_t synced = 0;
    bool in_folder = false; ///< Its name is synced, too.
  };

  uint64_t left_of(const file& x) {
    if (!keeps_ || x.written <= x.synced)
      return x.synced;
    return std::uniform_int_distribution{x.synced, x.written}(chance_);
  }

  bool keeps_;
  std::minstd_rand chance_;
  std::mutex guard_;
  std::map<std::string, file> files_;
};

struct disk_state {
  explicit disk_state(uint32_t seed) : left(seed) {}

  /// Does something to the files, unless the disk fails.
  template <class Act>
  IOStatus act(Act&& what) {
    std::shared_lock lock{power};
    return fails ? IOStatus::IOError("the disk fails") : what();
  }

  std::shared_mutex power; ///< Held alone once it is lost.
  std::atomic<bool> fails{false};
  surviving left;
};

class fragile_file final : public rocksdb::FSWritableFileOwnerWrapper {
public:
  fragile_file(std::unique_ptr<rocksdb::FSWritableFile> file, std::string path,
               disk_state& disk)
      : FSWritableFileOwnerWrapper(std::move(file)),
        path_(std::move(path)),
        disk_(disk) {}

  IOStatus Append(const Slice& data, const IOOptions& options,
                  IODebugContext* dbg) override {
    return grow(
        [&] { return FSWritableFileOwnerWrapper::Append(data, options, dbg); });
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& info,
                  IODebugContext* dbg) override {
    return grow([&] {
      return FSWritableFileOwnerWrapper::Append(data, options, info, dbg);
    });
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* dbg) override {
    return sync([&] { return FSWritableFileOwnerWrapper::Sync(options, dbg); });
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* dbg) override {
    return sync(
        [&] { return FSWritableFileOwnerWrapper::Fsync(options, dbg); });
  }

private:
  template <class Act>
  IOStatus grow(Act&& what) {
    return disk_.act([&] {
      auto done = what();
      disk_.left.grown(path_, GetFileSize(IOOptions{}, nullptr));
      return done;
    });
  }

  /// What is written meanwhile may not be in it.
  template <class Act>
  IOStatus sync(Act&& what) {
    auto size = GetFileSize(IOOptions{}, nullptr);
    return disk_.act([&] {
      auto done = what();
      if (done.ok())
        disk_.left.synced(path_, size);
      return done;
    });
  }

  std::string path_;
  disk_state& disk_;
};

class fragile_folder final : public rocksdb::FSDirectoryWrapper {
public:
  fragile_folder(std::unique_ptr<rocksdb::FSDirectory> folder, fs::path path,
                 disk_state& disk)
      : FSDirectoryWrapper(std::move(folder)),
        path_(std::move(path)),
        disk_(disk) {}

  IOStatus Fsync(const IOOptions& options, IODebugContext* dbg) override {
    return sync([&] { return FSDirectoryWrapper::Fsync(options, dbg); });
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* dbg,
                               const rocksdb::DirFsyncOptions& more) override {
    return sync([&] {
      return FSDirectoryWrapper::FsyncWithDirOptions(options, dbg, more);
    });
  }

private:
  template <class Act>
  IOStatus sync(Act&& what) {
    return disk_.act([&] {
      auto done = what();
      if (done.ok())
        disk_.left.folder_synced(path_);
      return done;
    });
  }

  fs::path path_;
  disk_state& disk_;
};

class fragile_files final : public rocksdb::FileSystemWrapper {
public:
  explicit fragile_files(disk_state& disk)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), disk_(disk) {}

  const char* Name() const override { return "fragile_files"; }

  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* made,
                           IODebugContext* dbg) override {
    return disk_.act([&] {
      auto done = target()->NewWritableFile(path, options, made, dbg);
      if (!done.ok())
        return done;
      disk_.left.created(path);
      *made = std::make_unique<fragile_file>(std::move(*made), path, disk_);
      return done;
    });
  }
  IOStatus NewDirectory(const std::string& path, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* made,
                        IODebugContext* dbg) override {
    auto done = target()->NewDirectory(path, options, made, dbg);
    if (done.ok())
      *made = std::make_unique<fragile_folder>(
          std::move(*made), fs::path{path + "/"}.parent_path(), disk_);
    return done;
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions& options,
                      IODebugContext* dbg) override {
    return disk_.act([&] {
      disk_.left.erased(path);
      return target()->DeleteFile(path, options, dbg);
    });
  }
  IOStatus RenameFile(const std::string& from, const std::string& to,
                      const IOOptions& options, IODebugContext* dbg) override {
    return disk_.act([&] {
      disk_.left.renamed(from, to);
      return target()->RenameFile(from, to, options, dbg);
    });
  }
  IOStatus LinkFile(const std::string& from, const std::string& to,
                    const IOOptions& options, IODebugContext* dbg) override {
    return disk_.act([&] {
      disk_.left.linked(from, to);
      return target()->LinkFile(from, to, options, dbg);
    });
  }

private:
  disk_state& disk_;
};

/// The write end is of the signals' handler, which may do little else.
std::array<int, 2> signals{-1, -1};

void pass_on(int number) {
  auto byte = static_cast<char>(number);
  [[maybe_unused]] auto written = ::write(signals[1], &byte, 1);
}

void await_signals(disk_state& disk) {
  char number = 0;
  while (::read(signals[0], &number, 1) == 1) {
    disk.fails = true;
    if (number != SIGUSR1)
      continue;
    std::unique_lock lock{disk.power};
    disk.left.lose_the_rest();
    ::kill(::getpid(), SIGKILL);
  }
}

/// Both are there until the process ends, as is the thread.
rocksdb::Env* make_disk(const char* seed) {
  auto* disk =
      new disk_state{static_cast<uint32_t>(std::strtoul(seed, nullptr, 10))};
  if (::pipe(signals.data()) != 0)
    std::abort();
  std::signal(SIGUSR1, pass_on);
  std::signal(SIGUSR2, pass_on);
  std::thread{[disk] {
    await_signals(*disk);
  }}.detach();
  return rocksdb::NewCompositeEnv(std::make_shared<fragile_files>(*disk))
      .release();
}

} // namespace

rocksdb::Env* fragile_disk() {
  static auto* const made = [] {
    const char* seed = std::getenv("PARLEY_DISK");
    return seed ? make_disk(seed) : nullptr;
  }();
  return made;
}

} // namespace parley::history

#endif
