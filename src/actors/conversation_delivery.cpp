#include "actors/conversation.hpp"
#include "actors/store_read.hpp"

#include "parley/base/fault.hpp"
#include "parley/protocol/events.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace parley {

namespace {

/// Entries of one step of a replay.
constexpr size_t chunk_entries = 256;

/// Entries that are walked at once to find out who was a member.
constexpr size_t walk_entries = 1024;

/// Who was a member before a stretch of entries, and whom it saw go for good.
struct roster_walk {
  std::vector<std::string> members;
  std::map<std::string, uint64_t> gone; ///< With their last `seq`.
};

void note_gone(std::map<std::string, uint64_t>& gone, const entry& x) {
  if (x.kind == entry_kind::group) {
    if (x.gone)
      for (const auto& user : x.members)
        gone[user] = x.seq;
  } else if (x.change == member_change::added) {
    gone.erase(x.text);
  } else if (x.change != member_change::role) {
    gone[x.text] = x.seq;
  }
}

/// The members before `after + 1`: walks back from those of `until`.
result<roster_walk> walk_back(const history::store& from, const place& where,
                              uint64_t after, uint64_t until,
                              std::vector<std::string> members) {
  std::vector<entry> changes;
  for (auto at = after; at < until;) {
    auto some = history::read_entries(from, where, at, until, walk_entries);
    if (!some)
      return some.error();
    if (some->empty())
      break;
    at = some->back().seq;
    for (auto& x : *some)
      if (x.kind == entry_kind::member || x.kind == entry_kind::group)
        changes.push_back(std::move(x));
  }
  roster_walk walk{std::move(members), {}};
  for (const auto& x : changes)
    note_gone(walk.gone, x);
  for (auto x = changes.rbegin(); x != changes.rend(); ++x)
    model::undo(walk.members, *x);
  return walk;
}

delivery delivery_of(const std::string& conv, const item& x) {
  delivery d;
  d.seq = x.what.seq;
  d.kind = x.what.kind;
  d.ts = x.what.ts;
  d.from = x.what.from;
  d.gone = x.what.gone;
  if (d.kind == entry_kind::member) {
    d.subject = x.what.text;
    d.change = x.what.change;
  }
  d.tail = protocol::encode_tail(conv, x);
  return d;
}

/// Whoever has left since gets an entry as it was then: what happened to it
/// later is not for them (I7). @returns the recipients that remain.
result<names> add_as_left(replay_chunk& chunk, const history::store& from,
                          const place& where, const std::string& conv,
                          const item& x, const names& recipients,
                          const std::map<std::string, uint64_t>& gone) {
  if (gone.empty() || (x.edited_ts == 0 && x.reactions.empty()))
    return recipients;
  std::vector<std::string> rest;
  for (const auto& user : *recipients) {
    auto left = gone.find(user);
    if (left == gone.end()) {
      rest.push_back(user);
      continue;
    }
    auto shown = history::read_item(from, where, x.what.seq, left->second);
    if (!shown)
      return shown.error();
    chunk.entries.push_back(
        {delivery_of(conv, *shown),
         std::make_shared<const std::vector<std::string>>(1, user)});
  }
  return std::make_shared<const std::vector<std::string>>(std::move(rest));
}

/// Reads the next stretch past `after`, with the recipients of each entry as of
/// its `seq`.
result<replay_chunk> read_chunk(const history::store& from, const place& where,
                                const std::string& conv, uint64_t after,
                                uint64_t until,
                                std::vector<std::string> members_now) {
  auto walk = walk_back(from, where, after, until, std::move(members_now));
  if (!walk)
    return walk.error();
  auto& members = walk->members;
  replay_chunk chunk;
  history::page_request what;
  what.after = after;
  what.limit = chunk_entries;
  what.visible = until;
  auto page = history::read_page(from, where, what);
  if (!page)
    return page.error();
  auto current = std::make_shared<const std::vector<std::string>>(members);
  for (const auto& x : page->items) {
    auto changes =
        x.what.kind == entry_kind::member || x.what.kind == entry_kind::group;
    auto recipients = current;
    if (changes) {
      auto to = members;
      model::redo(members, x.what);
      if (x.what.kind == entry_kind::group && !x.what.gone)
        to = members;
      if (x.what.kind == entry_kind::member
          && std::find(to.begin(), to.end(), x.what.text) == to.end())
        to.push_back(x.what.text);
      recipients = std::make_shared<const std::vector<std::string>>(to);
      current = std::make_shared<const std::vector<std::string>>(members);
    }
    auto rest =
        add_as_left(chunk, from, where, conv, x, recipients, walk->gone);
    if (!rest)
      return rest.error();
    chunk.entries.push_back({delivery_of(conv, x), *rest});
  }
  chunk.upto = page->items.empty() ? until : page->items.back().what.seq;
  return chunk;
}

} // namespace

void conversation_state::note_addressed(progress& p, uint64_t seq) {
  if (p.taken >= p.addressed && seq > p.addressed)
    ++behind;
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
  if (first)
    at->second.home = &node->home(user);
  auto prev = first ? first_prev(user, entries->front()) : at->second.addressed;
  note_addressed(at->second, entries->back().seq);
  self->send(*at->second.home, to_user{user},
             deliver{name, prev, std::move(entries)});
}

/// What was addressed to a member before `x`, if this actor has sent them
/// nothing yet: the entry before it, unless it is the one that (again) makes
/// them a member.
uint64_t conversation_state::first_prev(const std::string& user,
                                        const delivery& x) const {
  if (x.kind != entry_kind::member || x.change != member_change::added
      || x.subject != user)
    return x.seq - 1;
  const auto* m = model::find_member(record, user);
  return m && m->since == x.seq ? m->addressed : any_prev;
}

void conversation_state::on_taken(const taken& x) {
  auto p = members.find(x.user);
  if (p == members.end() || x.seq <= p->second.taken)
    return;
  auto was_behind = p->second.taken < p->second.addressed;
  p->second.taken = x.seq;
  if (!was_behind || x.seq < p->second.addressed)
    return;
  if (--behind > 0)
    return;
  fault::point("taken.all");
  if (replaying) {
    replay_from = chunk_end;
    next_chunk();
  }
}

/// An inbox was offered something that does not follow on what it took.
void conversation_state::on_missing(const missing& x) {
  if (!replaying)
    start_replay(x.seq);
}

/// Delivers everything past `from` again, from the store, in stretches that
/// each have been taken by all before the next. Whoever has taken it already
/// says so.
void conversation_state::start_replay(uint64_t from) {
  replaying = true;
  replay_from = from;
  members.clear();
  behind = 0;
  next_chunk();
}

void conversation_state::next_chunk() {
  if (replay_from >= committed) {
    replaying = false;
    return;
  }
  std::vector<std::string> now;
  for (const auto& m : record.members)
    now.push_back(m.user);
  // The roster may be ahead of what is committed: undo that first.
  for (auto c = open.rbegin(); c != open.rend(); ++c)
    for (auto e = c->roster_changes.rbegin(); e != c->roster_changes.rend();
         ++e)
      model::undo(now, *e);
  read_store<replay_chunk>(
      self, *node, meanwhile::goes_on,
      [at = where, conv = name, after = replay_from, until = committed,
       now](const history::store& from) {
        return read_chunk(from, at, conv, after, until, now);
      },
      [this](result<replay_chunk> chunk) {
        if (chunk)
          on_chunk(*chunk);
      });
}

void conversation_state::on_chunk(const replay_chunk& x) {
  chunk_end = x.upto;
  std::set<std::string> everybody;
  for (const auto& e : x.entries)
    everybody.insert(e.recipients->begin(), e.recipients->end());
  for (const auto& user : everybody) {
    auto theirs = std::make_shared<std::vector<delivery>>();
    for (const auto& e : x.entries)
      if (std::find(e.recipients->begin(), e.recipients->end(), user)
          != e.recipients->end())
        theirs->push_back(e.what);
    send_to(user, std::move(theirs));
  }
  if (behind == 0) {
    replay_from = chunk_end;
    next_chunk();
  }
}

} // namespace parley
