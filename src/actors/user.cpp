#include "actors/user.hpp"

#include "actors/deposed.hpp"
#include "actors/store_read.hpp"
#include "actors/strays.hpp"

#include "parley/base/fault.hpp"
#include "parley/base/log.hpp"

#include <algorithm>
#include <chrono>

namespace parley {

namespace {

using history::family;
using history::record;
using history::state_key;

constexpr auto flush_every = std::chrono::seconds{1};

/// Inbox rows past the list rows: a checkpoint is due every 512 entries.
constexpr size_t inbox_rows_max = 1u << 20;

template <class Record>
result<void> load_into(std::vector<Record>& to, const history::store& from,
                       record kind, const place& where) {
  auto rows = history::load_all<Record>(from, state_key(kind, where));
  if (!rows)
    return rows.error();
  to = std::move(*rows);
  return {};
}

result<user_load> load_user(const history::store& from, const place& where,
                            const std::string& name, const data_loss& loss) {
  user_load all;
  auto account = history::load<history::account_record>(
      from, history::account_key(where.partition, name));
  if (!account)
    return account.error();
  all.account = std::move(*account);
  auto inbox = history::load<history::inbox_record>(
      from, state_key(record::inbox, where));
  if (!inbox)
    return inbox.error();
  if (*inbox)
    all.inbox = std::move(**inbox);
  for (auto done : {load_into(all.list, from, record::list, where),
                    load_into(all.devices, from, record::device, where),
                    load_into(all.blocks, from, record::block, where),
                    load_into(all.logins, from, record::login, where)})
    if (!done)
      return done.error();
  auto unlisted =
      history::read_inbox(from, where, all.inbox.listed, inbox_rows_max);
  if (!unlisted)
    return unlisted.error();
  all.unlisted = std::move(*unlisted);
  auto push = load_user_push(from, where, all.devices);
  if (!push)
    return push.error();
  all.push = std::move(*push);
  if (loss.epoch == 0)
    return all;
  auto skipped = history::load<history::skipped_record>(
      from, state_key(record::skipped, where));
  if (!skipped)
    return skipped.error();
  if (*skipped)
    all.skipped = (*skipped)->epoch;
  return all;
}

} // namespace

void user_state::start(activation what, std::vector<session_ref> live,
                       bool is_clean) {
  node = std::move(what.node);
  partition = std::move(what.partition);
  name = std::move(what.name);
  epoch = what.epoch;
  loss = what.loss;
  where = node->where(name);
  sessions = std::move(live);
  clean = is_clean;
  read_store<user_load>(
      self, *node, meanwhile::waits,
      [at = where, user = name, lost = loss](const history::store& from) {
        return load_user(from, at, user, lost);
      },
      [this](result<user_load> all) {
        if (node->led.of(where.partition) != epoch)
          return on_deposed(); // It may have read what is another's.
        if (all)
          return on_loaded(std::move(*all));
        log::error("user.load_failed", "user={} why={}", name,
                   all.error().message);
        self->quit(caf::exit_reason::unhandled_exception);
      });
}

/// Goes on where the last actor of this user stopped. If that was in another
/// epoch, or failed, every `useq` of the reserved block may have been given
/// out, and none of them is again (I5).
void user_state::on_loaded(user_load all) {
  const auto& row = all.inbox;
  reserved = row.reserved;
  last = clean && row.start == epoch ? row.last : row.reserved;
  durable = delivered_upto = last;
  listed_upto = row.listed;
  trimmed = row.trimmed;
  entries = entries_listed = row.entries;
  account_row = std::move(all.account);
  devices = std::move(all.devices);
  blocks = std::move(all.blocks);
  logins = std::move(all.logins);
  std::unordered_map<hash128, listed*> by_hash;
  for (auto& r : all.list) {
    auto& x = list_entry(r.conv);
    x.durable = r.taken;
    x.record = std::move(r);
    x.urgent = false;
    by_hash.emplace(x.key, &x);
  }
  for (const auto& x : all.unlisted) {
    ++entries;
    auto in = by_hash.find(x.conv);
    if (in == by_hash.end() || x.seq <= in->second->record.taken)
      continue;
    note(*in->second, x);
    in->second->durable = x.seq;
  }
  head_moved = row.start != epoch && row.reserved > 0;
  must_skip = all.skipped < loss.epoch;
  if (account_row)
    skip_lost();
  resume_blocks();
  load_push(std::move(all.push));
}

void user_state::submit(history::batch rows, open_rows what) {
  open.push_back(std::move(what));
  self->send(node->journal, commit{std::move(rows), where.partition, epoch});
}

void user_state::on_committed(uint32_t count) {
  for (; count > 0 && !open.empty(); --count) {
    auto done = std::move(open.front());
    open.pop_front();
    if (done.reserved != 0) {
      fault::point("useq.reserved");
      reserved = done.reserved;
      reserving = 0;
    }
    if (done.upto != 0) {
      fault::point("inbox.after_sync");
      durable = done.upto;
      chunk_open = false;
      for (const auto& [in, seq] : done.taken)
        say_taken(*in, seq);
      trim();
    }
    if (done.done)
      done.done();
  }
  take_waiting();
  write_pending();
  decide_pushes();
}

void user_state::put_list(history::batch& rows, listed& x) {
  rows.put(family::state, history::state_key(record::list, where, x.key.view()),
           history::encode(x.record));
  x.dirty = x.urgent = false;
}

void user_state::put_account(history::batch& rows) {
  rows.put(family::state, history::account_key(where.partition, name),
           history::encode(*account_row));
}

/// @param final whether no `useq` is given out after this by this actor.
void user_state::put_inbox(history::batch& rows, bool final) {
  history::inbox_record row;
  row.user = name;
  row.reserved = std::max(reserved, reserving);
  row.last = last;
  row.start = final ? epoch : 0;
  row.listed = listed_upto;
  row.trimmed = trimmed;
  row.entries = entries_listed;
  rows.put(family::state, state_key(record::inbox, where),
           history::encode(row));
  head_moved = !final;
}

/// Brings the list rows up to what the inbox holds. Only with, or after, all
/// chunks of the inbox: a list row that is ahead of them would lose them.
void user_state::checkpoint(history::batch& rows, bool final) {
  for (auto& [conv, x] : list)
    if (x.dirty)
      put_list(rows, x);
  listed_upto = last;
  entries_listed = entries;
  put_inbox(rows, final);
}

bool user_state::blocks_user(const std::string& user) const {
  return std::any_of(blocks.begin(), blocks.end(),
                     [&](const auto& b) { return b.on && b.user == user; });
}

void user_state::end_sessions_of(end_sessions which) {
  // Without a sender: nobody waits for the answer.
  caf::anon_send(partition, to_user{name}, std::move(which));
}

/// When the last one is gone, nobody will acknowledge what is undecided.
void user_state::on_sessions(std::vector<session_ref> all) {
  sessions = std::move(all);
  decide_pushes();
}

void user_state::start_flush_timer() {
  if (flush_timer)
    return;
  flush_timer = true;
  self->delayed_send(self, flush_every, flush{});
}

/// Writes what can wait for a second: devices' cursors and read marks.
void user_state::on_flush() {
  flush_timer = false;
  if (!pending.empty())
    return start_flush_timer();
  history::batch rows;
  uint64_t upto = 0;
  for (const auto& [id, useq] : acked) {
    auto d = find_device(id);
    if (d == devices.end())
      continue;
    d->acked = std::max(d->acked, useq);
    d->last_seen = node->clock->now();
    upto = std::max(upto, useq);
    rows.put(family::state, state_key(record::device, where, id),
             history::encode(*d));
  }
  acked.clear();
  for (auto& [conv, x] : list)
    if (x.urgent)
      put_list(rows, x);
  settle_push_mark(rows);
  if (!rows.empty())
    submit(std::move(rows), {});
  tell_delivered(upto);
}

/// Leadership is to move: nothing new comes until it has.
void user_state::on_settle() {
  if (open.empty() && pending.empty() && waiting.empty() && questions.none())
    self->send(partition, settled{});
  else
    self->delayed_send(self, settle_again, settle{});
}

/// The partition asks whether this user can be let go.
void user_state::on_rest(const rest& x) {
  if (!open.empty() || !pending.empty() || !waiting.empty() || flush_timer
      || !push_rests() || !questions.none())
    return;
  auto dirty = std::any_of(list.begin(), list.end(),
                           [](const auto& l) { return l.second.dirty; });
  if (head_moved || dirty) {
    history::batch rows;
    checkpoint(rows, true);
    submit(std::move(rows), {});
    return trim();
  }
  fault::point("passivate.user");
  self->send(partition,
             rested{static_cast<uint8_t>(actor_kind::user), name, x.routed});
}

/// Hands everything to the journal, which outlives the partitions.
void user_state::on_exit() {
  submit_pending();
  if (!acked.empty())
    on_flush();
  if (head_moved || listed_upto < last) {
    history::batch rows;
    checkpoint(rows, true);
    submit(std::move(rows), {});
  }
}

/// The partition is led by another now. What the journal has not committed is
/// void.
void user_state::on_deposed() {
  for (auto& x : open)
    if (x.promise)
      x.promise->deliver(led_elsewhere());
  end_deposed(self);
}

namespace {

caf::behavior user(caf::stateful_actor<user_state>* self, activation what,
                   std::vector<session_ref> live, bool clean) {
  auto& s = self->state;
  ignore_strays(self);
  self->set_exit_handler([self](const caf::exit_msg& x) {
    self->state.on_exit();
    self->quit(x.reason);
  });
  s.start(std::move(what), std::move(live), clean);
  using to = const to_user&;
  return {
      [&s](to, const deliver& x) { s.on_deliver(x); },
      [&s](const committed& x) { s.on_committed(x.count); },
      [&s](to, const attach& x) { s.on_attach(x); },
      [&s](to, const fetch& x) { s.on_fetch(x); },
      [&s](to, const received& x) { s.on_received(x); },
      [&s](to, sessions_now& x) { s.on_sessions(std::move(x.all)); },
      [&s](to, const get_conversations& x) { return s.on_list(x); },
      [&s](to, const mark_read& x) { s.on_read(x); },
      [&s](to, const read_upto& x) { s.on_read_upto(x); },
      [&s](to, const mute& x) { return s.on_mute(x); },
      [&s](to, const create_account& x) { return s.on_create(x); },
      [&s](to, const admit& x) { return s.on_admit(x); },
      [&s](to, const get_account&) { return s.on_account(); },
      [&s](to, const get_profile&) { return s.on_profile(); },
      [&s](to, const patch_profile& x) { return s.on_patch(x); },
      [&s](to, const set_password& x) { return s.on_password(x); },
      [&s](to, const set_disabled& x) { return s.on_disable(x); },
      [&s](to, const open_login& x) { return s.on_open_login(x); },
      [&s](to, const refresh_login& x) { return s.on_refresh(x); },
      [&s](to, const close_login& x) { return s.on_close_login(x); },
      [&s](to, const set_block& x) { return s.on_block(x); },
      [&s](to, const get_blocks&) { return s.on_blocks(); },
      [&s](to, const may_add& x) { return s.on_may_add(x); },
      [&s](to, const shares& x) { return s.on_shares(x); },
      [&s](to, const get_devices&) { return s.on_devices(); },
      [&s](to, const name_device& x) { return s.on_name_device(x); },
      [&s](to, const remove_device& x) { return s.on_remove_device(x); },
      [&s](to, const watch& x) { return s.on_watch(x); },
      [&s](to, const get_groups&) { return s.on_groups(); },
      [&s](to, const push_wake&) { s.on_push_wake(); },
      [&s](to, const push_told& x) { s.on_push_told(x); },
      [&s](to, const subscribe_push& x) { return s.on_subscribe(x); },
      [&s](to, const unsubscribe_push& x) { return s.on_unsubscribe(x); },
      [&s](to, const get_subscriptions&) { return s.on_subscriptions(); },
      [&s](to, const get_quiet_hours&) { return s.on_quiet_hours(); },
      [&s](to, const set_quiet_hours& x) { return s.on_set_quiet_hours(x); },
      [&s](const push_look&) { s.on_push_look(); },
      [&s](const flush&) {
        s.on_flush();
        s.count_again();
      },
      [&s](const rest& x) { s.on_rest(x); },
      [&s](const settle&) { s.on_settle(); },
      [&s](const deposed&) { s.on_deposed(); },
  };
}

} // namespace

caf::actor spawn_user(caf::local_actor& by, activation what,
                      std::vector<session_ref> sessions, bool clean) {
  return by.system().spawn(user, std::move(what), std::move(sessions), clean);
}

} // namespace parley
