#pragma once

#include "cluster/recent_log.hpp"

#include "parley/base/error.hpp"
#include "parley/history/partition_log.hpp"
#include "parley/history/replica_store.hpp"
#include "parley/model/replication/replica.hpp"

#include <cstdint>

namespace parley::cluster {

/// What the store has of a replica.
struct stored_replica {
  rep::recovered state;
  recent_log log; ///< With the entries that are not applied yet.
};

/// Reads a replica's log, to which the marks belong. One that is damaged counts
/// as shorter than promised, so that it is copied anew. Errors: `internal`, of
/// the store.
result<stored_replica> read_replica(const history::store& from,
                                    uint16_t partition,
                                    const history::log_marks& marks);

history::log_row row_of(const rep::log_entry& x);
rep::log_entry entry_of(uint16_t partition, history::log_row x);

} // namespace parley::cluster
