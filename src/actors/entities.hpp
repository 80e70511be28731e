#pragma once

#include "parley/actors/context.hpp"
#include "parley/actors/leading_messages.hpp"
#include "parley/actors/messages.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// The actors that a partition activates. Each loads its state first and keeps
/// what arrives meanwhile; each answers `rest` once it may be let go, `settle`
/// once it has nothing open, and hands its last state to the journal when it is
/// told to exit.
namespace parley {

/// Who has something open looks again after this: about one commit later.
inline constexpr auto settle_again = std::chrono::milliseconds{5};

/// What an actor has asked others while it goes on with its mailbox. Whoever
/// handles an answer holds a token until then; the actor is not let go before.
class open_questions {
public:
  using token = std::shared_ptr<void>;

  token ask() const { return mark_; }
  bool none() const noexcept { return mark_.use_count() == 1; }

private:
  std::shared_ptr<void> mark_ = std::make_shared<char>();
};

struct activation {
  context_ptr node;
  caf::actor partition;
  std::string name;
  uint64_t epoch = 0;  ///< In which this node leads the partition.
  data_loss loss = {}; ///< Of the partition.
};

caf::actor spawn_conversation(caf::local_actor& by, activation what);
/// @param clean whether no earlier actor of this user failed: if one did, what
/// it gave out last is not known, and its reserved block is skipped.
caf::actor spawn_user(caf::local_actor& by, activation what,
                      std::vector<session_ref> sessions, bool clean);

struct presence_start {
  /// Who is connected.
  std::vector<std::pair<std::string, protocol::presence_status>> here;
  /// For so long sessions may still come from the leader before.
  std::chrono::milliseconds settles{0};
};

/// The presence of all users of a partition; it has no name.
caf::actor spawn_presence(caf::local_actor& by, activation what,
                          presence_start with);

} // namespace parley
