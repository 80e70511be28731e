#pragma once

#include "parley/model/replication/types.hpp"

#include <cstdint>
#include <variant>
#include <vector>

namespace parley::model::replication {

/// What every message between replicas begins with. Messages may be lost,
/// doubled and reordered; many to one node travel together.
struct header {
  uint16_t partition = 0;
  node_id from = 0;
  uint64_t incarnation = 0; ///< Of the sender.
  uint64_t epoch = 0;       ///< In which the sender speaks.
};

/// Leader to replica: entries that follow on `prev`, or none as a heartbeat.
struct append {
  header head;
  position prev;
  uint64_t high_watermark = 0;
  uint64_t round = 0; ///< Of read confirmation; comes back in `appended`.
  std::vector<log_entry> entries;
};

/// Replica to leader: my log is a part of yours, and this much is synced.
struct appended {
  header head;
  uint64_t match = 0; ///< Synced up to here.
  uint64_t end = 0;   ///< Received up to here.
  uint64_t round = 0;
};

/// Replica to leader: my log ends here; where do our epochs part? (KIP-101.)
struct locate {
  header head;
  position last;
};

/// Leader to replica: of the epochs up to the one asked for, the last that is
/// in my log, and where it ends there (KIP-279).
struct located {
  header head;
  position asked; ///< Answers this `locate`; another one is stale.
  position boundary;
};

/// Leader to replica: what follows on `asked` is no longer in my log; take a
/// snapshot.
struct too_old {
  header head;
  position asked;
};

/// Anyone to the sender of a lower epoch: there is a higher one, `head.epoch`.
struct refused {
  header head;
};

using message =
    std::variant<append, appended, locate, located, too_old, refused>;

} // namespace parley::model::replication
