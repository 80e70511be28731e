#include "parley/server/data_dir.hpp"

#include "parley/history/reader.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace parley::server {

namespace fs = std::filesystem;

namespace {

constexpr size_t instance_bytes = 16;

error failure(std::string message) {
  return {errc::internal, std::move(message), 0};
}

/// The one line of a small file; empty if there is no file.
result<std::string> read_line(const fs::path& at) {
  std::ifstream in{at};
  std::string line;
  if (in && std::getline(in, line))
    return line;
  std::error_code failed;
  if (fs::exists(at, failed) || failed)
    return failure(fmt::format("{}: it cannot be read", at.string()));
  return std::string{};
}

/// Written whole or not at all: beside its place first.
result<void> write_line(const fs::path& at, const std::string& line) {
  auto beside = at;
  beside += ".new";
  auto bytes = line + '\n';
  auto file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                     S_IRUSR | S_IWUSR);
  auto sound = file >= 0
               && ::write(file, bytes.data(), bytes.size())
                      == static_cast<ssize_t>(bytes.size())
               && ::fsync(file) == 0;
  auto reason = errno;
  if (file >= 0)
    ::close(file);
  if (sound && ::rename(beside.c_str(), at.c_str()) == 0)
    return {};
  return failure(fmt::format("{}: {}", at.string(),
                             std::strerror(sound ? errno : reason)));
}

} // namespace

result<data_identity> open_identity(const fs::path& data_dir,
                                    random_source& random) {
  auto cluster = read_line(data_dir / "cluster");
  if (!cluster)
    return cluster.error();
  auto instance = read_line(data_dir / "instance");
  if (!instance)
    return instance.error();
  if (instance->empty()) {
    *instance = make_secret(instance_bytes, random);
    if (auto kept = write_line(data_dir / "instance", *instance); !kept)
      return kept.error();
  }
  return data_identity{std::move(*instance), std::move(*cluster)};
}

result<void> keep_cluster(const fs::path& data_dir, const std::string& id) {
  return write_line(data_dir / "cluster", id);
}

result<void> make_data_dir(const fs::path& at) {
  auto path = fs::absolute(at).lexically_normal();
  if (!path.has_filename()) // It ended with a slash.
    path = path.parent_path();
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  if (failed)
    return failure(
        fmt::format("{}: {}", path.parent_path().string(), failed.message()));
  if (::mkdir(path.c_str(), S_IRWXU) == 0)
    return {};
  auto reason = errno;
  if (reason == EEXIST && fs::is_directory(path, failed))
    return {};
  return failure(fmt::format("{}: {}", path.string(), std::strerror(reason)));
}

fs::path store_path(const fs::path& data_dir) {
  return data_dir / "history";
}

namespace {

result<std::optional<history::meta_record>>
load_meta(const history::store& in) {
  auto found = history::load<history::meta_record>(in, history::meta_key());
  if (found && !*found)
    found = history::load<history::meta_record>(in, history::first_meta_key());
  return found;
}

} // namespace

result<bool> was_started(const history::store& in) {
  auto found = load_meta(in);
  if (!found)
    return found.error();
  return found->has_value();
}

result<history::meta_record> begin_start(history::store& in,
                                         uint32_t partitions) {
  auto found = load_meta(in);
  if (!found)
    return found.error();
  auto meta = found->value_or(history::meta_record{data_format, partitions, 0});
  if (meta.format != data_format)
    return failure(fmt::format("the data directory has format {}, this version "
                               "of Parley knows {}",
                               meta.format, data_format));
  if (meta.partitions != partitions)
    return failure(fmt::format("the data directory has {} partitions, which "
                               "its first start fixed: set cluster.partitions "
                               "to that instead of {}",
                               meta.partitions, partitions));
  ++meta.starts;
  history::batch row;
  row.put(history::family::state, history::meta_key(), history::encode(meta));
  row.erase(history::family::state, history::first_meta_key());
  if (auto written = in.write({row}); !written)
    return written.error();
  return meta;
}

} // namespace parley::server
