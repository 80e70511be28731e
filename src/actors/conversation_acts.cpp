#include "actors/conversation.hpp"
#include "actors/store_read.hpp"

#include <algorithm>
#include <utility>

/// What is done to entries that are there: edits, deletions, reactions.
namespace parley {

namespace {

/// Which entry an act is about, and what it asks of it.
struct target_wanted {
  uint64_t seq = 0;
  entry_kind kind = entry_kind::edited;
  std::string by;
  std::string emoji;
};

std::vector<reaction>::const_iterator find_reaction(const overlay& in,
                                                    const std::string& user,
                                                    const std::string& emoji) {
  return std::find_if(
      in.reactions.begin(), in.reactions.end(),
      [&](const auto& r) { return r.user == user && r.emoji == emoji; });
}

/// What `x` is about, with what else its kind asks for.
result<target_entry> load_target(const history::store& from, const place& where,
                                 const target_wanted& x) {
  auto found = history::read_entry(from, where, x.seq);
  if (!found)
    return found.error();
  target_entry target{std::move(found->first), std::move(found->second), {}, 0};
  if (x.kind == entry_kind::deleted)
    for (auto at : target.over.edits) {
      auto edit = history::read_entry(from, where, at);
      if (!edit)
        return edit.error();
      target.edits.push_back(std::move(edit->first));
    }
  auto own = find_reaction(target.over, x.by, x.emoji);
  if (x.kind == entry_kind::reacted && own != target.over.reactions.end()) {
    auto reacted = history::read_entry(from, where, own->seq);
    if (!reacted)
      return reacted.error();
    target.reacted_ts = reacted->first.ts;
  }
  return target;
}

} // namespace

/// Reads the entry that an act is about, and then acts.
void conversation_state::read_target(const append& x) {
  read_store<target_entry>(
      self, *node, meanwhile::waits,
      [at = where, wanted = target_wanted{x.ref, x.kind, x.from, x.emoji}](
          const history::store& from) { return load_target(from, at, wanted); },
      [this](result<target_entry> target) {
        if (queue.empty())
          return;
        auto next = std::move(queue.front());
        queue.pop_front();
        if (target)
          act_on(next, *target);
        else
          refuse(next.what, target.error());
        run_queue();
      });
}

void conversation_state::act_on(const queued_act& act,
                                const target_entry& target) {
  switch (act.what.kind) {
    case entry_kind::edited:
      return act_edit(act, target);
    case entry_kind::deleted:
      return act_delete(act, target);
    default:
      return act_react(act, target);
  }
}

void conversation_state::act_edit(const queued_act& act,
                                  const target_entry& target) {
  const auto& x = act.what;
  if (auto ok = model::may_edit(record, x.from, target.what, target.over); !ok)
    return refuse(x, ok.error());
  auto what = next_entry(x);
  what.body = x.body;
  auto over = target.over;
  over.edits.push_back(what.seq);
  over.edited_ts = what.ts;
  history::batch rows;
  rows.put(history::family::messages, history::overlay_key(where, x.ref),
           history::encode(over));
  add(act, std::move(what), std::move(rows));
}

/// The bodies go, of the message and of its edits; the places stay.
void conversation_state::act_delete(const queued_act& act,
                                    const target_entry& target) {
  const auto& x = act.what;
  if (auto ok = model::may_delete(record, x.from, target.what); !ok)
    return refuse(x, ok.error());
  if (target.over.deleted_seq != 0)
    return answer_dup(x, target.over.deleted_seq, target.over.deleted_ts);
  auto what = next_entry(x);
  history::batch rows;
  auto wipe = [&](entry gone) {
    gone.body.clear();
    gone.gone = true;
    rows.put(history::family::messages, history::entry_key(where, gone.seq),
             history::encode(gone));
  };
  wipe(target.what);
  for (const auto& edit : target.edits)
    wipe(edit);
  overlay over;
  over.edits = target.over.edits;
  over.deleted_seq = what.seq;
  over.deleted_ts = what.ts;
  rows.put(history::family::messages, history::overlay_key(where, x.ref),
           history::encode(over));
  add(act, std::move(what), std::move(rows));
}

void conversation_state::act_react(const queued_act& act,
                                   const target_entry& target) {
  const auto& x = act.what;
  if (auto ok = model::may_react(record, x.from, target.what, target.over,
                                 x.emoji, x.on);
      !ok)
    return refuse(x, ok.error());
  auto over = target.over;
  auto mine = find_reaction(over, x.from, x.emoji);
  auto is_on = mine != over.reactions.end();
  if (is_on == x.on)
    return is_on ? answer_dup(x, mine->seq, target.reacted_ts)
                 : answer_dup(x, x.ref, target.what.ts);
  auto what = next_entry(x);
  if (is_on)
    over.reactions.erase(mine);
  else
    over.reactions.push_back({x.emoji, x.from, what.seq});
  what.text = x.emoji;
  what.on = x.on;
  history::batch rows;
  rows.put(history::family::messages, history::overlay_key(where, x.ref),
           history::encode(over));
  add(act, std::move(what), std::move(rows));
}

} // namespace parley
