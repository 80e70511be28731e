#pragma once

#include "parley/config/settings.hpp"

#include <string>

namespace parley::gateway {

/// The Content-Security-Policy of the node's pages. They may call this node,
/// and, of a cluster, the other nodes that /v1/discover can name: those are
/// `http.allowed_origins`, because a node lets no other page in.
std::string page_policy(const config::settings& from);

} // namespace parley::gateway
