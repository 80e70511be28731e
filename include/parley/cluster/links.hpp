#pragma once

#include "parley/base/error.hpp"
#include "parley/base/random.hpp"
#include "parley/cluster/link_messages.hpp"

#include <caf/fwd.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

/// One connection to each other node of the cluster: who dials, who is up, and
/// what may be on its way.
namespace parley::cluster {

using std::chrono::milliseconds;

/// How nodes know each other. With `tls` both sides show a certificate of the
/// cluster's own authority; whoever has none is refused.
struct link_security {
  enum class kind : uint8_t { tls, none };

  kind with = kind::tls;
  std::string certificate_file; ///< PEM, the chain.
  std::string key_file;         ///< PEM.
  std::string authority_file;   ///< PEM; nobody else may sign by it.
};

/// The versions of the protocol between nodes that this build speaks: its own,
/// and that of the release before.
struct protocol_range {
  uint16_t min = 0;
  uint16_t max = 0;
};
protocol_range own_protocol() noexcept;

struct link_options {
  std::string cluster; ///< Its id: nodes of another one are refused.
  node_id node = 0;
  std::string build; ///< Told to the peers, for their logs.
  uint16_t version_min = own_protocol().min;
  uint16_t version_max = own_protocol().max;
  std::string listen_host = "127.0.0.1"; ///< An address.
  uint16_t listen_port = 0;              ///< 0 takes a free one.
  link_security security;
  milliseconds interval{500};  ///< Between heartbeats.
  milliseconds deadline{3000}; ///< A peer that says nothing so long is down.
  milliseconds dial_timeout{1000};
  milliseconds backoff_min{100};
  milliseconds backoff_max{5000};
  uint64_t window_bytes = 16U << 20;   ///< Of batches on their way here.
  size_t batch_bytes_max = 256U << 10; ///< A larger message travels alone.
};

/// What the node gives its peers. One handle a partition, by number.
struct link_offer {
  caf::actor replicator; ///< Gets `arrived`, answers `receipt`.
  std::vector<caf::actor> partitions;
};

struct links {
  caf::actor handle; ///< Takes `reach`, `outgoing`, `get_links`.
  uint16_t port = 0; ///< On which it listens.
};

/// Whether a cluster may start so: the files are there and belong together. No
/// security at all is for loopback alone, and has to be asked for.
result<void> check_security(const link_options& options);

/// Loads the modules that links need and registers their messages. Call before
/// the actor system is made, and after `check_security`.
void configure_links(caf::actor_system_config& cfg,
                     const link_options& options);

/// Listens, and begins to dial with the first `reach`. Blocks; call it from no
/// actor. The actor ends with an exit message, and all links with it.
result<links> start_links(caf::actor_system& sys, link_options options,
                          link_offer offer, caf::actor observer,
                          random_source& random);

} // namespace parley::cluster
