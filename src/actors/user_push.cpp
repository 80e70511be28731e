#include "actors/user_push.hpp"

#include "actors/show.hpp"
#include "actors/store_read.hpp"
#include "actors/user.hpp"

#include "parley/base/fault.hpp"
#include "parley/base/log.hpp"
#include "parley/model/quiet_hours.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace parley {

namespace {

using history::family;
using history::push_key;
using history::push_part;
using history::push_record;
using history::record;
using history::state_key;

} // namespace

/// Whether a message for this user makes a notification at all. Everybody else
/// pays for this question only.
bool user_state::has_push() const {
  return node->push.dispatcher
         && (node->push.webhook || !push.subscriptions.empty());
}

void user_state::load_push(push_load all) {
  push.quiet = all.rows.quiet;
  push.subscriptions = std::move(all.rows.subscriptions);
  push.acked = all.acked;
  push.marked = all.rows.mark.has_value();
  for (auto& x : all.rows.waiting) {
    auto conv = x.conv;
    push.waiting.emplace(std::move(conv), std::move(x));
  }
  std::unordered_map<hash128, const std::string*> names;
  for (const auto& [conv, x] : list)
    names.emplace(x.key, &conv);
  auto due = node->clock->now() + node->settings.push.delay.count();
  for (const auto& x : all.undecided)
    if (auto conv = names.find(x.conv); conv != names.end())
      push.undecided.note(*conv->second, {x.useq, x.seq, x.ts, due});
  if (!push.undecided.empty())
    push.patient_until = due;
  decide_pushes();
}

/// Of a message from somebody else, which has just got its `useq`.
void user_state::note_push(const recent_entry& x) {
  auto due = node->clock->now() + node->settings.push.delay.count();
  push.undecided.note(*x.conv, {x.what.useq, x.what.seq, x.what.ts, due});
}

/// With the inbox rows of what is not decided yet: whoever finds the mark after
/// a crash finds them, too.
void user_state::mark_push(history::batch& rows) {
  if (push.marked || push.undecided.empty())
    return;
  put_push_mark(rows);
}

void user_state::put_push_mark(history::batch& rows) {
  auto first = push.undecided.first();
  history::push_mark_record row{name, first == 0 ? durable : first - 1};
  rows.put(family::state, state_key(record::push_mark, where),
           history::encode(row));
  push.marked = true;
}

/// The mark goes when nothing is undecided and nothing waits.
void user_state::settle_push_mark(history::batch& rows) {
  if (!push.marked || push.deciding || !push.undecided.empty()
      || !push.waiting.empty())
    return;
  rows.erase(family::state, state_key(record::push_mark, where));
  push.marked = false;
}

/// Everything up to here has reached a device: it needs no notification.
void user_state::acknowledge_push(uint64_t useq) {
  if (useq <= push.acked)
    return;
  push.acked = useq;
  if (!push.marked && push.undecided.empty())
    return;
  push.undecided.acknowledge(useq);
  history::batch rows;
  for (auto i = push.waiting.begin(); i != push.waiting.end();) {
    auto conv = i->first;
    auto keeps = i->second.useq > useq;
    ++i;
    if (keeps)
      continue;
    drop_push(rows, conv);
    withdraw_push(conv, {});
  }
  if (!rows.empty())
    submit(std::move(rows), {});
  start_flush_timer(); // Which looks after the mark.
}

/// Decides about what is due. One such decision is under way at a time.
void user_state::decide_pushes() {
  if (push.deciding || push.undecided.empty())
    return;
  auto now = node->clock->now();
  auto alone = sessions.empty() && now >= push.patient_until;
  auto due = push.undecided.take_due(now, durable, alone);
  start_push_timer();
  if (due.empty())
    return;
  fault::point("push.due");
  std::erase_if(due, [&](const auto& x) { return !may_notify(x.conv, now); });
  if (due.empty())
    return start_flush_timer();
  push.deciding = true;
  std::vector<show_question> about;
  for (const auto& x : due) {
    auto& one = about.emplace_back(show_question{x.conv, {}}).what;
    one.seqs.push_back(x.what.seq);
    one.visible = list_entry(x.conv).record.taken;
    one.brief = true;
    one.name = name_of::now;
  }
  show_all(*this, std::move(about), UINT64_MAX,
           [this, due](result<std::vector<shown>> what) {
             write_texts(due, what ? std::move(*what)
                                   : std::vector<shown>(due.size()));
           });
}

/// @param what the messages as they are shown; empty where that failed.
void user_state::write_texts(const std::vector<model::unheard::due_event>& due,
                             std::vector<shown> what) {
  std::vector<push_subject> subjects;
  for (size_t i = 0; i < due.size(); ++i)
    subjects.push_back({due[i].conv, std::move(what[i])});
  auto partitions = static_cast<uint32_t>(node->partitions.size());
  read_store<std::vector<push_text>>(
      self, *node, meanwhile::goes_on,
      [subjects = std::move(subjects), partitions,
       with_text = node->settings.push.include_text](
          const history::store& from) -> result<std::vector<push_text>> {
        std::vector<push_text> texts;
        for (const auto& x : subjects)
          texts.push_back(push_text_of(from, partitions, x, with_text));
        return texts;
      },
      [this, due](result<std::vector<push_text>> texts) {
        push.deciding = false;
        put_pushes(due, texts ? std::move(*texts)
                              : std::vector<push_text>(due.size(),
                                                       {"New message", {}}));
        decide_pushes();
      });
}

bool user_state::may_notify(const std::string& conv, timestamp now) {
  const auto& in = list_entry(conv).record;
  return has_push() && account_row && !account_row->disabled && !in.left
         && in.muted_until <= now && !model::is_quiet(push.quiet, now);
}

/// Writes what was decided, and offers it once it is durable.
void user_state::put_pushes(const std::vector<model::unheard::due_event>& due,
                            std::vector<push_text> texts) {
  history::batch rows;
  std::vector<std::string> convs;
  for (size_t i = 0; i < due.size(); ++i) {
    const auto& [conv, what] = due[i];
    if (what.useq <= push.acked || !has_push())
      continue;
    push_record x{conv,
                  what.useq,
                  what.seq,
                  what.ts,
                  node->clock->now(),
                  std::move(texts[i].title),
                  std::move(texts[i].body),
                  push_badge(),
                  push_targets()};
    rows.put(family::state,
             push_key(where, push_part::waiting, hash_of(conv).view()),
             history::encode(x));
    push.waiting[conv] = std::move(x);
    convs.push_back(conv);
  }
  if (convs.empty())
    return start_flush_timer();
  put_push_mark(rows);
  open_rows what;
  what.done = [this, convs = std::move(convs)] {
    fault::point("push.decided");
    for (const auto& conv : convs)
      offer_push(conv);
  };
  submit(std::move(rows), std::move(what));
}

uint64_t user_state::push_badge() const {
  uint64_t unread = 0;
  auto now = node->clock->now();
  for (const auto& [conv, x] : list)
    if (!x.record.left && x.record.muted_until <= now)
      unread += x.record.unread;
  return unread;
}

std::vector<std::string> user_state::push_targets() const {
  std::vector<std::string> all;
  for (const auto& x : push.subscriptions)
    all.push_back(x.id);
  if (node->push.webhook)
    all.emplace_back(history::webhook_id);
  return all;
}

void user_state::offer_push(const std::string& conv) {
  auto at = push.waiting.find(conv);
  if (at == push.waiting.end() || !node->push.dispatcher)
    return;
  push_offer x{name, at->second, {}, false};
  for (const auto& id : at->second.left) {
    if (id == history::webhook_id)
      x.webhook = node->push.webhook;
    for (const auto& s : push.subscriptions)
      if (s.id == id)
        x.to.push_back(s);
  }
  self->send(node->push.dispatcher, std::move(x));
}

/// The dispatcher may not know of what waits: it has just started, or had no
/// room for it.
void user_state::on_push_wake() {
  history::batch rows;
  for (auto i = push.waiting.begin(); i != push.waiting.end();) {
    auto conv = (i++)->first;
    if (keep_known_targets(rows, conv))
      offer_push(conv);
  }
  settle_push_mark(rows);
  if (!rows.empty())
    submit(std::move(rows), {});
}

/// Leaves out the subscriptions that are no more, and a webhook that is not
/// configured any more. @returns whether anyone is left.
bool user_state::keep_known_targets(history::batch& rows,
                                    const std::string& conv) {
  auto known = push_targets();
  auto& left = push.waiting.at(conv).left;
  std::erase_if(left, [&](const auto& id) {
    return std::find(known.begin(), known.end(), id) == known.end();
  });
  if (!left.empty())
    return true;
  drop_push(rows, conv);
  return false;
}

void user_state::drop_push(history::batch& rows, const std::string& conv) {
  rows.erase(family::state,
             push_key(where, push_part::waiting, hash_of(conv).view()));
  push.waiting.erase(conv);
}

void user_state::withdraw_push(const std::string& conv,
                               const std::string& subscription) {
  if (node->push.dispatcher)
    self->send(node->push.dispatcher, push_withdraw{name, conv, subscription});
}

/// What became of a notification. A newer one of the same conversation goes
/// its own way.
void user_state::on_push_told(const push_told& x) {
  fault::point("push.told");
  history::batch rows;
  if (x.what == push_told::fate::gone)
    erase_subscriptions(rows,
                        [&](const auto& s) { return s.id == x.subscription; });
  auto at = push.waiting.find(x.conv);
  if (at != push.waiting.end() && at->second.useq == x.useq) {
    std::erase(at->second.left, x.subscription);
    if (at->second.left.empty())
      drop_push(rows, x.conv);
    else
      rows.put(family::state,
               push_key(where, push_part::waiting, hash_of(x.conv).view()),
               history::encode(at->second));
  }
  settle_push_mark(rows);
  if (!rows.empty())
    submit(std::move(rows), {});
}

void user_state::start_push_timer() {
  auto next = push.undecided.next_due();
  if (push.timer || !next)
    return;
  push.timer = true;
  auto wait = std::max<timestamp>(*next - node->clock->now(), 1);
  self->delayed_send(self, std::chrono::milliseconds{wait}, push_look{});
}

void user_state::on_push_look() {
  push.timer = false;
  decide_pushes();
}

bool user_state::push_rests() const {
  return push.undecided.empty() && !push.deciding && !push.timer;
}

} // namespace parley
