#include "actors/conversation.hpp"
#include "actors/replay_chunk.hpp"
#include "actors/store_read.hpp"

#include <chrono>
#include <utility>

/// Members whose inboxes lag: what they were sent is lost, or nobody leads
/// their partition for a while. Nobody else waits for them, nothing is kept for
/// them but how far they are, and they get what they lack from the store.
namespace parley {

namespace {

constexpr auto look_back_every = std::chrono::seconds{2};

/// Looks back without anything taken that make a member overdue.
constexpr uint32_t idle_max = 2;

/// At every so many looks back an overdue member is tried again.
constexpr uint32_t retry_every = 2;

} // namespace

void conversation_state::start_looking_back() {
  if (!std::exchange(look_timer, true))
    self->delayed_send(self, look_back_every, look_back{});
}

void conversation_state::on_look_back() {
  look_timer = false;
  for (auto& [user, m] : members) {
    if (m.taken >= m.addressed || ++m.idle < idle_max)
      continue;
    if (!std::exchange(m.away, true)) {
      --behind;
      ++away;
    }
    if ((m.idle - idle_max) % retry_every == 0) {
      m.offered = 0;
      catch_up(user, m.taken);
    }
  }
  if (replaying && behind == 0 && !reading_chunk) {
    replay_from = std::max(replay_from, chunk_end);
    next_chunk();
  }
  if (behind > 0 || away > 0 || replaying)
    start_looking_back();
}

/// An inbox was offered something that does not follow on what it took. While a
/// replay runs, that comes to it.
void conversation_state::on_missing(const missing& x) {
  auto p = members.find(x.user);
  if (p == members.end() || (replaying && !p->second.away)
      || x.seq < p->second.offered)
    return;
  catch_up(x.user, x.seq);
}

void conversation_state::catch_up(const std::string& user, uint64_t after) {
  to_catch_up[user] = after;
  next_catch_up();
}

/// One stretch is read at a time.
void conversation_state::next_catch_up() {
  if (catching_up || to_catch_up.empty())
    return;
  auto next = to_catch_up.begin();
  auto [user, after] = *next;
  to_catch_up.erase(next);
  catching_up = true;
  read_store<replay_chunk>(
      self, *node, meanwhile::goes_on,
      [at = where, conv = name, past = after, until = committed,
       now = committed_members()](const history::store& from) {
        return read_chunk(from, at, conv, past, until, now);
      },
      [this, whom = user](result<replay_chunk> chunk) {
        catching_up = false;
        if (chunk)
          offer(whom, *chunk);
        next_catch_up();
      });
}

void conversation_state::offer(const std::string& user, const replay_chunk& x) {
  auto p = members.find(user);
  if (p == members.end())
    return;
  auto entries = addressed_to(user, x);
  if (entries->empty()) {
    // A stretch in which the user was no member.
    if (x.upto < p->second.addressed)
      to_catch_up[user] = x.upto;
    return;
  }
  p->second.offered = entries->back().seq;
  self->send(*p->second.home, to_user{user},
             deliver{name, first_prev(user, entries->front()), entries});
}

} // namespace parley
