#include "actors/replay_chunk.hpp"

#include "parley/base/names.hpp"
#include "parley/model/roster.hpp"
#include "parley/protocol/events.hpp"

#include <algorithm>
#include <map>
#include <memory>
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

} // namespace

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
  what.each_lost = false;
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

} // namespace parley
