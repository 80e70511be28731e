#pragma once

#include "parley/cluster/links.hpp"

#include <caf/all.hpp>

#include <string>

/// One end of a link between two processes of a benchmark.
namespace parley::bench {

/// @param certificate what `make_certificate` returned; empty: no TLS.
cluster::link_options link_of(cluster::node_id node,
                              const std::string& certificate);

void configure_link_end(caf::actor_system_config& cfg,
                        const cluster::link_options& with);

/// @param replicator gets what comes, and hears of the peer.
/// @throws std::runtime_error if it can't listen.
cluster::links must_start(caf::actor_system& sys,
                          const cluster::link_options& with,
                          const caf::actor& replicator);

} // namespace parley::bench
