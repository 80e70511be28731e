#pragma once

#include "parley/base/error.hpp"
#include "parley/model/replication/types.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace parley::cluster {

using model::replication::node_id;

/// What a node says of itself for as long as its session lasts.
struct node_entry {
  std::string name; ///< `node.id` of its configuration.
  node_id number = 0;
  /// A random id of its data directory: two processes with one name are one
  /// node only if they have this in common.
  std::string instance;
  std::string region;
  std::string zone;
  uint32_t weight = 1;       ///< Its share of the partitions; 0: an edge.
  std::string public_url;    ///< For clients.
  std::string listen;        ///< For other nodes: host and port.
  std::string version;       ///< Of the build.
  uint32_t protocol = 0;     ///< Between nodes: the newest that it speaks,
  uint32_t protocol_min = 0; ///< and the oldest.
  std::string fingerprint;   ///< Of its keys; see `key_fingerprint`.
  uint32_t sessions = 0;     ///< Its load.
  bool stopping = false;     ///< Wants no new clients and leads nothing.

  friend bool operator==(const node_entry&, const node_entry&) = default;
};

std::string encode(const node_entry& x);

/// Errors: `internal` with a text that names the entry and what is wrong.
result<node_entry> decode_node_entry(std::string_view bytes);

/// Why the two cannot be linked, for the one that comes; "" if they can.
std::string protocol_gap(const node_entry& there, const node_entry& own);

/// A node with a living session.
struct living_node {
  node_entry entry;
  /// The creation id of its entry: a new one with each session.
  uint64_t incarnation = 0;

  friend bool operator==(const living_node&, const living_node&) = default;
};

} // namespace parley::cluster
