#include "parley/server/data_dir.hpp"

#include "parley/base/secret_file.hpp"
#include "parley/cluster/cluster_parameters.hpp"
#include "parley/history/partition_log.hpp"
#include "parley/history/reader.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <sys/stat.h>
#include <vector>

namespace parley::server {

namespace fs = std::filesystem;

namespace {

constexpr size_t instance_bytes = 24;

error failure(std::string message) {
  return {errc::internal, std::move(message), 0};
}

fs::path cluster_path(const fs::path& data_dir) {
  return data_dir / "cluster";
}

} // namespace

result<data_identity> open_identity(const fs::path& data_dir,
                                    random_source& random) {
  data_identity found;
  auto instance = open_secret((data_dir / "instance").string(), [&] {
    return make_secret(instance_bytes, random);
  });
  if (!instance)
    return instance.error();
  found.instance = std::move(*instance);
  std::error_code failed;
  if (!fs::exists(cluster_path(data_dir), failed) && !failed)
    return found;
  auto cluster =
      read_small_file(cluster_path(data_dir).string(), secret_bytes_max);
  if (!cluster)
    return cluster.error();
  found.cluster = std::move(*cluster);
  return found;
}

result<void> keep_cluster(const fs::path& data_dir, const std::string& id) {
  auto kept = open_secret(cluster_path(data_dir).string(), [&] { return id; });
  return kept ? result<void>{} : kept.error();
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

result<std::optional<history::meta_record>> last_start(const history::store& in,
                                                       uint32_t partitions) {
  auto found = history::load<history::meta_record>(in, history::meta_key());
  if (found && !*found)
    found = history::load<history::meta_record>(in, history::first_meta_key());
  if (!found || !*found)
    return found;
  const auto& meta = **found;
  if (meta.format != data_format)
    return failure(fmt::format("the data directory has format {}, this version "
                               "of Parley knows {}",
                               meta.format, data_format));
  if (meta.partitions != partitions)
    return failure(fmt::format("the data directory has {} partitions, which "
                               "its first start fixed: set cluster.partitions "
                               "to that instead of {}",
                               meta.partitions, partitions));
  return found;
}

result<history::meta_record> begin_start(history::store& in,
                                         uint32_t partitions) {
  auto found = last_start(in, partitions);
  if (!found)
    return found.error();
  auto meta = found->value_or(history::meta_record{data_format, partitions, 0});
  ++meta.starts;
  history::batch row;
  row.put(history::family::state, history::meta_key(), history::encode(meta));
  row.erase(history::family::state, history::first_meta_key());
  if (auto written = in.write({row}); !written)
    return written.error();
  return meta;
}

result<void> seed_cluster(history::store& in, uint32_t partitions) {
  constexpr auto epoch = cluster::seed_epoch;
  std::vector<history::batch> rows(1);
  for (uint32_t i = 0; i < partitions; ++i)
    history::put_log_marks(rows.front(), static_cast<uint16_t>(i),
                           {epoch, epoch, 1, 1});
  return in.write(rows);
}

} // namespace parley::server
