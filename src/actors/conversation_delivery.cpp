#include "actors/conversation.hpp"
#include "actors/replay_chunk.hpp"
#include "actors/store_read.hpp"

#include "parley/base/fault.hpp"
#include "parley/base/log.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace parley {

void conversation_state::note_addressed(progress& p, uint64_t seq) {
  if (!p.away && p.taken >= p.addressed && seq > p.taken) {
    ++behind;
    p.idle = 0;
    start_looking_back();
  }
  p.addressed = std::max(p.addressed, seq);
}

/// Sends committed entries to those that they are addressed to: one message a
/// member, its entries shared by all members that get the same ones.
void conversation_state::deliver_fresh(std::vector<fresh_entry> entries) {
  if (replaying)
    return; // The replay comes to them.
  fault::point("deliver.before");
  auto first = entries.begin();
  while (first != entries.end()) {
    auto next = std::find_if(first, entries.end(), [&](const auto& x) {
      return x.recipients != first->recipients;
    });
    auto same = std::make_shared<std::vector<delivery>>();
    same->reserve(static_cast<size_t>(next - first));
    std::transform(first, next, std::back_inserter(*same),
                   [](auto& x) { return std::move(x.what); });
    for (const auto& user : *first->recipients)
      send_to(user, same);
    first = next;
  }
}

void conversation_state::send_to(const std::string& user,
                                 shared_deliveries entries) {
  auto [at, first] = members.try_emplace(user);
  if (first) {
    at->second.home = &node->home(user);
    at->second.taken = entries->front().seq - 1; // As the outbox row says.
  }
  auto prev = first ? first_prev(user, entries->front()) : at->second.addressed;
  note_addressed(at->second, entries->back().seq);
  if (at->second.away)
    return; // It comes to that when it catches up.
  self->send(*at->second.home, to_user{user},
             deliver{name, prev, std::move(entries)});
}

/// What was addressed to a member before `x`, if this actor has sent them
/// nothing yet: the entry before it, unless it is the one that (again) makes
/// them a member. A member may have taken some of the numbers that are lost; it
/// has all before them, as far as it is offered what comes then.
uint64_t conversation_state::first_prev(const std::string& user,
                                        const delivery& x) const {
  if (x.kind == entry_kind::lost)
    return any_prev;
  if (x.kind != entry_kind::member || x.change != member_change::added
      || x.subject != user)
    return x.seq - 1;
  const auto* m = model::find_member(record, user);
  return m && m->since == x.seq ? m->addressed : any_prev;
}

void conversation_state::on_taken(const taken& x) {
  if (x.seq > last)
    log::error("conversation.gap_too_small", "conv={} last={} taken={} by={}",
               name, last, x.seq, x.user);
  auto p = members.find(x.user);
  if (p == members.end() || x.seq <= p->second.taken)
    return;
  auto& m = p->second;
  auto was_behind = m.taken < m.addressed;
  m.taken = x.seq;
  m.idle = 0;
  if (x.seq < m.addressed) {
    if ((m.away || m.offered != 0) && x.seq >= m.offered)
      catch_up(x.user, x.seq);
    return;
  }
  m.offered = 0;
  if (std::exchange(m.away, false)) {
    --away;
    return;
  }
  if (!was_behind || --behind > 0)
    return;
  fault::point("taken.all");
  if (replaying) {
    replay_from = chunk_end;
    next_chunk();
  }
}

/// Delivers everything past `from` again, from the store, in stretches that
/// each have been taken before the next by all who are not overdue. Whoever has
/// taken it already says so.
void conversation_state::start_replay(uint64_t from) {
  replaying = true;
  replay_from = from;
  next_chunk();
}

/// The members as of what is committed: the roster may be ahead.
std::vector<std::string> conversation_state::committed_members() const {
  std::vector<std::string> now;
  for (const auto& m : record.members)
    now.push_back(m.user);
  for (auto c = open.rbegin(); c != open.rend(); ++c)
    for (auto e = c->roster_changes.rbegin(); e != c->roster_changes.rend();
         ++e)
      model::undo(now, *e);
  return now;
}

void conversation_state::next_chunk() {
  if (replay_from >= committed) {
    replaying = false;
    return;
  }
  start_looking_back();
  reading_chunk = true;
  read_store<replay_chunk>(
      self, *node, meanwhile::goes_on,
      [at = where, conv = name, after = replay_from, until = committed,
       now = committed_members()](const history::store& from) {
        return read_chunk(from, at, conv, after, until, now);
      },
      [this](result<replay_chunk> chunk) {
        reading_chunk = false;
        if (chunk)
          on_chunk(*chunk);
      });
}

shared_deliveries
conversation_state::addressed_to(const std::string& user,
                                 const replay_chunk& x) const {
  auto theirs = std::make_shared<std::vector<delivery>>();
  for (const auto& e : x.entries)
    if (std::find(e.recipients->begin(), e.recipients->end(), user)
        != e.recipients->end())
      theirs->push_back(e.what);
  return theirs;
}

void conversation_state::on_chunk(const replay_chunk& x) {
  chunk_end = x.upto;
  std::set<std::string> everybody;
  for (const auto& e : x.entries)
    everybody.insert(e.recipients->begin(), e.recipients->end());
  for (const auto& user : everybody)
    send_to(user, addressed_to(user, x));
  if (behind == 0) {
    replay_from = chunk_end;
    next_chunk();
  }
}

} // namespace parley
