#pragma once

#include "parley/base/error.hpp"
#include "parley/cluster/links.hpp"

namespace parley::cluster {

/// Whether a peer's `hello` fits: the version that both will speak, or what
/// does not fit.
/// @param from how membership knows the node.
result<uint16_t> check_hello(const hello& x, const peer_address& from,
                             const link_options& own, size_t partitions);

} // namespace parley::cluster
