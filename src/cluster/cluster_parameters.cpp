#include "parley/cluster/cluster_parameters.hpp"

#include "cluster/json_reader.hpp"

#include "parley/base/hash.hpp"

#include <fmt/format.h>

#include <bit>

namespace parley::cluster {

namespace {

constexpr uint64_t parameters_format = 1;

} // namespace

std::string encode(const cluster_parameters& x) {
  json::object out{{"format", parameters_format},
                   {"id", x.id},
                   {"name", x.name},
                   {"partitions", x.partitions},
                   {"replicas", x.replicas},
                   {"min_in_sync", x.min_in_sync},
                   {"fingerprint", x.fingerprint}};
  if (!x.seed.empty())
    out["seed"] = x.seed;
  return json::serialize(out);
}

result<cluster_parameters> decode_parameters(std::string_view bytes) {
  json_reader in{"the cluster's parameters", bytes, parameters_format};
  cluster_parameters out;
  out.id = in.text("id");
  out.name = in.text("name");
  out.partitions = in.number<uint32_t>("partitions");
  out.replicas = in.number<uint32_t>("replicas");
  out.min_in_sync = in.number<uint32_t>("min_in_sync");
  out.fingerprint = in.text("fingerprint");
  if (in.has("seed"))
    out.seed = in.text("seed");
  if (!std::has_single_bit(out.partitions) || out.partitions > 65'536)
    in.fail("have a number of partitions that cannot be");
  return in.finish(std::move(out));
}

std::string disagreement(const cluster_parameters& cluster,
                         const cluster_parameters& own) {
  auto differs = [&](std::string_view what, const auto& theirs,
                     const auto& ours) {
    return fmt::format("{}: the cluster \"{}\" has {}, this node {}", what,
                       cluster.name, theirs, ours);
  };
  if (cluster.name != own.name)
    return differs("cluster.name", cluster.name, own.name);
  if (cluster.partitions != own.partitions)
    return differs("cluster.partitions", cluster.partitions, own.partitions);
  if (cluster.replicas != own.replicas)
    return differs("cluster.replicas", cluster.replicas, own.replicas);
  if (cluster.min_in_sync != own.min_in_sync)
    return differs("cluster.min_in_sync", cluster.min_in_sync, own.min_in_sync);
  if (cluster.fingerprint != own.fingerprint)
    return differs("fingerprint of the token and push keys",
                   cluster.fingerprint, own.fingerprint)
           + "; all nodes need the same key files";
  return {};
}

std::string foreign_data(const cluster_parameters& cluster,
                         std::string_view stored_id) {
  if (stored_id.empty() || stored_id == cluster.id)
    return {};
  return fmt::format("the data directory belongs to the cluster with id {}, "
                     "and the cluster \"{}\" has id {}",
                     stored_id, cluster.name, cluster.id);
}

std::string key_fingerprint(std::string_view token_key,
                            std::string_view push_key) {
  return fmt::format("{:02x}",
                     fmt::join(hash_of(token_key, push_key).bytes, ""));
}

} // namespace parley::cluster
