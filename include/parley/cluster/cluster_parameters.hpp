#pragma once

#include "parley/base/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace parley::cluster {

/// Of the state with which a seeded cluster begins: as if one entry had been
/// written in it, so that all others copy what is there.
inline constexpr uint64_t seed_epoch = 1;

/// What all nodes of a cluster have in common, fixed by the first of them.
struct cluster_parameters {
  std::string id; ///< Random; tells a cluster from another of the same name.
  std::string name;
  uint32_t partitions = 0;
  uint32_t replicas = 3;
  uint32_t min_in_sync = 2;
  std::string fingerprint; ///< Of the nodes' keys.
  /// Instance of the node that stood alone before, with whose data the cluster
  /// begins; empty if it begins with none.
  std::string seed = {};

  friend bool operator==(const cluster_parameters&,
                         const cluster_parameters&) = default;
};

std::string encode(const cluster_parameters& x);

/// Errors: `internal` with a text that names what is wrong, an unknown format
/// above all.
result<cluster_parameters> decode_parameters(std::string_view bytes);

/// Why a node with these parameters of its own (whose `id` does not matter)
/// may not join; empty if it may. Names the parameter and both values.
std::string disagreement(const cluster_parameters& cluster,
                         const cluster_parameters& own);

/// Why a node whose data directory belongs to the cluster `stored_id` (empty:
/// to none yet) may not join; empty if it may.
std::string foreign_data(const cluster_parameters& cluster,
                         std::string_view stored_id);

/// Tells whether two nodes have the same keys, and nothing about them.
std::string key_fingerprint(std::string_view token_key,
                            std::string_view push_key);

} // namespace parley::cluster
