#include "actors/conversation.hpp"
#include "actors/store_read.hpp"

#include "parley/actors/ask.hpp"
#include "parley/base/fault.hpp"
#include "parley/base/limits.hpp"
#include "parley/base/metrics.hpp"
#include "parley/base/names.hpp"
#include "parley/protocol/events.hpp"

#include <algorithm>
#include <utility>

namespace parley {

namespace {

using history::record;

/// Acts that may wait for earlier commits.
constexpr size_t queue_max = 4096;

/// Dedupe entries to keep in memory, beyond which the store is asked.
constexpr size_t recent_max = 2048;

/// So far behind may the outbox row be: what a replay may have to repeat.
constexpr uint64_t outbox_lag_max = 1000;

/// What makes two acts under one `cid` the same act.
hash128 content_of(const append& x) {
  if (x.kind == entry_kind::msg && x.ref == 0)
    return hash_of(x.body);
  auto head = std::to_string(static_cast<int>(x.kind)) + ' '
              + std::to_string(x.ref) + (x.on ? " + " : " - ") + x.emoji;
  return hash_of(head, x.body);
}

std::string dedupe_key(const place& conv, const hash128& key) {
  return history::state_key(record::dedupe, conv, key.view());
}

} // namespace

void conversation_state::on_append(append& x) {
  fault::point("append.received");
  if (queue.size() >= queue_max)
    return refuse(x, {errc::unavailable, "too many acts wait"});
  if (node->refuses_sends.load(std::memory_order_relaxed))
    return refuse(x, {errc::unavailable, "the disk is nearly full", 1000});
  queued_act act;
  if (!x.cid.empty()) {
    act.key = hash_of(x.from, x.cid);
    act.content = content_of(x);
  }
  act.what = std::move(x);
  queue.push_back(std::move(act));
  if (queue.size() == 1)
    run_queue();
}

/// Deals with the acts in their order, as far as they need not wait.
void conversation_state::run_queue() {
  if (running)
    return;
  running = true;
  while (!queue.empty() && run(queue.front()))
    queue.pop_front();
  running = false;
}

/// Ends the wait of the first act in the queue by a refusal.
void conversation_state::refuse_first(const error& why) {
  refuse(queue.front().what, why);
  queue.pop_front();
}

/// @returns false if the act has to wait, for a read or for a commit; it is
/// tried again after that.
bool conversation_state::run(queued_act& act) {
  auto& x = act.what;
  if (!x.cid.empty())
    if (auto done = find_repeat(act))
      return *done;
  if (x.kind == entry_kind::msg) {
    if (auto ok = model::may_post(record, x.from); !ok) {
      refuse(x, ok.error());
      return true;
    }
    if (x.ref > last) {
      refuse(x, {errc::not_found, "no such message to reply to"});
      return true;
    }
    if (!ready_to_post(x))
      return false;
    skip_lost();
    post(act);
    return true;
  }
  auto visible = model::visible_to(record, x.from, committed);
  if (!visible || x.ref > last) {
    refuse(x, {errc::not_found,
               visible ? "no such message" : "no such conversation"});
    return true;
  }
  // What these decide by is in the store only once it is committed.
  if (settled())
    read_target(x);
  return false;
}

/// Whether the act was there before: true if it is answered, false if it has to
/// wait for the answer to that, nothing if it is new.
std::optional<bool> conversation_state::find_repeat(const queued_act& act) {
  const auto& [x, key, content] = act;
  if (auto was = recent.find(key); was != recent.end()) {
    answer_repeat(x, was->second, content);
    return true;
  }
  if (all_recent || looked_up == key)
    return std::nullopt;
  auto bytes = node->store->get(history::family::state, dedupe_key(where, key),
                                history::reach::memory);
  if (!bytes) {
    look_up(key);
    return false;
  }
  history::dedupe_record was;
  if (!*bytes)
    return std::nullopt;
  if (!history::decode(**bytes, was)) {
    refuse(x, {errc::internal, "a dedupe entry is damaged"});
    return true;
  }
  answer_repeat(x, {was.seq, was.ts, was.content}, content);
  return true;
}

void conversation_state::answer_repeat(const append& x, const known& was,
                                       const hash128& content) {
  if (was.content != content)
    return refuse(x, {errc::cid_conflict, "the cid was used for another act"});
  if (was.seq <= committed)
    return answer_dup(x, was.seq, was.ts);
  // It waits with the one that it repeats.
  auto holds = [&](const open_commit& c) {
    return !c.entries.empty() && c.entries.back().what.seq >= was.seq;
  };
  auto at = std::find_if(open.begin(), open.end(), holds);
  auto& waiting = at == open.end() ? gathering : *at;
  waiting.askers.push_back({x.reply_to, {x.tag, was.seq, was.ts, true}});
}

/// Asks the disk for a dedupe entry that memory cannot tell of.
void conversation_state::look_up(const hash128& key) {
  using found = std::optional<history::dedupe_record>;
  read_store<found>(
      self, *node, meanwhile::waits,
      [at = dedupe_key(where, key)](const history::store& from) {
        return history::load<history::dedupe_record>(from, at);
      },
      [this, key](result<found> was) {
        if (queue.empty())
          return;
        if (!was) {
          refuse_first(was.error());
        } else if (*was) {
          know(key, {(*was)->seq, (*was)->ts, (*was)->content});
        } else {
          looked_up = key;
        }
        run_queue();
      });
}

/// A direct conversation begins only if the other user exists.
bool conversation_state::ready_to_post(const append& x) {
  if (is_group || stored)
    return true;
  auto peer = direct_peer(name, x.from);
  if (!peer || *peer == x.from) {
    stored = true;
    return true;
  }
  auto user = std::string{*peer};
  const auto& home = node->home(user);
  self->request(home, ask_timeout, to_user{user}, get_profile{})
      .await(
          [this](const answer&) {
            stored = true;
            run_queue();
          },
          [this](const caf::error& why) {
            if (!queue.empty())
              refuse_first(from_caf(why));
            run_queue();
          });
  return false;
}

void conversation_state::post(queued_act& act) {
  auto what = next_entry(act.what);
  what.body = std::move(act.what.body);
  add(act, std::move(what), {});
}

/// What an act becomes; `add` makes it so.
entry conversation_state::next_entry(const append& x) {
  entry next;
  next.seq = last + 1;
  next.kind = x.kind;
  next.ts = next_ts();
  next.from = x.from;
  next.cid = x.cid;
  next.ref = x.ref;
  return next;
}

/// Gathers all that the next entry takes, for one batch with those that are in
/// the mailbox already.
void conversation_state::add(const queued_act& act, entry what,
                             history::batch rows) {
  const auto& x = act.what;
  item made{std::move(what), 0, {}};
  const auto& e = made.what;
  last = e.seq;
  last_ts = e.ts;
  write_entry(rows, e);
  if (!x.cid.empty()) {
    rows.put(history::family::state, dedupe_key(where, act.key),
             history::encode(history::dedupe_record{e.seq, e.ts, act.content}));
    know(act.key, {e.seq, e.ts, act.content});
    looked_up.reset();
  }
  if (last == 1)
    write_record(rows);
  open_outbox(rows);
  if (gathering.entries.empty())
    self->send(self, hand_over{});
  gathered.append(rows);
  gathering.entries.push_back(addressed(made));
  gathering.entries.back().what.session = x.session;
  gathering.askers.push_back({x.reply_to, {x.tag, e.seq, e.ts, false}});
}

void conversation_state::refuse(const append& x, const error& why) {
  self->send(x.reply_to, refused{x.tag, static_cast<uint8_t>(why.code),
                                 why.message, why.retry_after_ms});
}

void conversation_state::answer_dup(const append& x, uint64_t seq,
                                    timestamp ts) {
  metrics::add(metrics::counter::messages_duplicate);
  self->send(x.reply_to, appended{name, {{x.tag, seq, ts, true}}});
}

void conversation_state::know(const hash128& key, known what) {
  if (!recent.emplace(key, what).second)
    return;
  recent_order.push_back(key);
  if (recent_order.size() <= recent_max)
    return;
  // What is not committed yet is not in the store either.
  if (recent[recent_order.front()].seq > committed)
    return;
  recent.erase(recent_order.front());
  recent_order.pop_front();
  all_recent = false;
}

// -- what every entry takes ----------------------------------------------

/// Never lower than the one before, whatever the clock does.
timestamp conversation_state::next_ts() {
  return std::max(node->clock->now(), last_ts);
}

void conversation_state::write_entry(history::batch& rows, const entry& x) {
  rows.put(history::family::messages, history::entry_key(where, x.seq),
           history::encode(x));
}

void conversation_state::write_record(history::batch& rows) {
  stored = true;
  rows.put(history::family::state,
           history::state_key(record::conversation, where),
           history::encode(this->record));
}

/// The outbox row stays while the conversation is busy: it is written when
/// there was nothing undelivered, and again now and then.
void conversation_state::open_outbox(history::batch& rows) {
  auto all_taken = behind == 0 && away == 0 && !replaying;
  auto delivered = all_taken ? committed : outbox_mark;
  if (outbox_open && delivered < outbox_mark + outbox_lag_max)
    return;
  outbox_open = true;
  outbox_mark = delivered;
  rows.put(history::family::state, history::state_key(record::outbox, where),
           history::encode(history::outbox_record{name, outbox_mark}));
}

/// The entry as its recipients get it; the record has it applied.
fresh_entry conversation_state::addressed(const item& made) {
  const auto& x = made.what;
  fresh_entry fresh;
  auto& d = fresh.what;
  d.seq = x.seq;
  d.kind = x.kind;
  d.ts = x.ts;
  d.from = x.from;
  d.gone = x.gone;
  d.tail = protocol::encode_tail(name, made);
  if (x.kind == entry_kind::member) {
    d.subject = x.text;
    d.change = x.change;
  }
  if (x.kind == entry_kind::member || x.kind == entry_kind::group) {
    everyone.reset();
    fresh.recipients = std::make_shared<const std::vector<std::string>>(
        model::recipients(this->record, x));
    return fresh;
  }
  if (!everyone)
    everyone = std::make_shared<const std::vector<std::string>>(
        model::recipients(this->record, x));
  fresh.recipients = everyone;
  return fresh;
}

} // namespace parley
