#pragma once

#include "parley/base/clock.hpp"
#include "parley/history/batch.hpp"
#include "parley/protocol/requests.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

/// What actors of one node tell each other. None of it can leave the process.
namespace parley {

namespace history {
class store;
}

/// What a connection read in one frame, in order.
struct inbound {
  std::shared_ptr<std::vector<protocol::request>> requests;
};

/// Idle actors are asked whether they can be let go. They answer `rested` once
/// nothing is open and everything is durable.
struct rest {
  uint64_t routed = 0; ///< How many messages it was passed so far.
};
struct rested {
  uint8_t kind = 0; ///< An actor_kind.
  std::string name;
  uint64_t routed = 0; ///< As asked: whoever was passed more since stays.
};
enum class actor_kind : uint8_t { user, conversation, presence };

/// The user's status as its partition knows it from the sessions.
struct status_moved {
  uint8_t status = 0;
  timestamp when = 0;
  int64_t held_ms = 0; ///< Who left may come back so long: their node is gone.
};

/// The presence of a partition, or a hub, to itself: look what is due.
struct pump {};

/// The live sessions of a user, to its actor, whenever they change.
struct session_ref {
  std::string id;
  std::string device;
  caf::actor handle;
};
struct sessions_now {
  std::vector<session_ref> all;
};

/// The beat of the node, every second, to each partition.
struct tick {};

/// Rows for the journal, all of one partition. Answered by `committed` to the
/// sender, in order; never if the partition is led by another or in another
/// epoch by now: the sender ends then.
struct commit {
  history::batch rows;
  uint16_t partition = 0;
  uint64_t epoch = 0; ///< In which the sender was activated.
};
struct committed {
  uint32_t count = 0; ///< So many more of this sender's batches are durable.
};

/// To itself, behind all that waits in the mailbox: do what is due.
struct flush {};

/// A conversation to itself, behind the acts that wait in its mailbox: hand
/// what they made to the journal, as one batch.
struct hand_over {};

/// To itself, behind all that waits in the mailbox: end.
struct stop {};

/// A question to the store, for a reader actor. Whatever `run` gives goes to
/// whoever asked.
struct read_job {
  std::function<caf::message(const history::store&)> run;
};

/// The answer of a `read_job` whose result lies elsewhere: see store_read.hpp.
struct read_done {};

/// Something for a courier to do: ask actors on behalf of a thread that is
/// none.
struct errand {
  std::function<void(caf::event_based_actor*)> run;
};

} // namespace parley
