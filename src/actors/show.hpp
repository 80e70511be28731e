#pragma once

#include "parley/actors/context.hpp"
#include "parley/actors/conversation_messages.hpp"
#include "parley/base/error.hpp"
#include "parley/history/reader.hpp"

#include <functional>
#include <string>
#include <vector>

/// What entries look like to those whose inboxes point to them. The inbox is in
/// the user's partition, the entries in their conversations' ones, which other
/// nodes may lead; only a leader's store is sure to have them.
namespace parley {

struct user_state;

/// Answers a `show` from the store; for a reader. Errors: `unavailable` if the
/// store is behind what is asked for.
result<shown> read_shown(const history::store& from, const place& where,
                         const std::string& conv, const show& what);

/// A conversation whose store is behind what an inbox points to may have lost
/// that for good: it finds out when it is woken. From any thread.
void wake_if_behind(const node_context& node, const std::string& conv,
                    const error& why);

struct show_question {
  std::string conv;
  show what;
};

/// Asks about each conversation where it is at home: those that this node leads
/// in one read. `done` is called in the actor, once, with the answers in the
/// order of the questions or the first error.
/// @param max_bytes of tails, of which each question gets its share. Whatever
/// it is, the first question is answered with an entry; once the reads here
/// have used it up, those after them are answered with none.
void show_all(user_state& by, std::vector<show_question> all,
              uint64_t max_bytes,
              std::function<void(result<std::vector<shown>>)> done);

} // namespace parley
