#pragma once

#include "parley/cluster/coordination.hpp"

#include <chrono>

namespace parley::cluster {

struct zookeeper_settings {
  std::string servers; ///< "host:port,host:port,…"; names are resolved anew.
  std::chrono::milliseconds session_timeout{10'000}; ///< As the server allows.
};

/// A client of ZooKeeper, with threads of its own. It connects, and connects
/// again, by itself; when a session has expired it opens the next one. The
/// connection is not encrypted: Debian's client has no TLS.
std::unique_ptr<coordination> connect_zookeeper(const zookeeper_settings& with,
                                                executor post);

} // namespace parley::cluster
