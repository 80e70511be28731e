#pragma once

#include <rocksdb/env.h>

#include <memory>

namespace parley::history {

/// What RocksDB has to say, from warnings on, in the node's own log. It keeps
/// none of its own: that would be a file on the disk of the data, and RocksDB
/// 7.8 as Debian builds it aborts when it writes to one that was refused a
/// write before, as on a full disk.
std::shared_ptr<rocksdb::Logger> make_rocks_log();

} // namespace parley::history
