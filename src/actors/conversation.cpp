#include "actors/conversation.hpp"

#include "actors/deposed.hpp"
#include "actors/store_read.hpp"
#include "actors/strays.hpp"

#include "parley/base/fault.hpp"
#include "parley/base/log.hpp"
#include "parley/base/metrics.hpp"
#include "parley/base/names.hpp"

#include <algorithm>
#include <tuple>

namespace parley {

namespace {

using history::record;

/// Reads all that a conversation needs to go on where it stopped.
result<conversation_load> load_conversation(const history::store& from,
                                            const place& where,
                                            const data_loss& loss) {
  conversation_load all;
  auto stored = history::load<history::conversation_record>(
      from, history::state_key(record::conversation, where));
  if (!stored)
    return stored.error();
  all.stored = stored->has_value();
  if (all.stored)
    all.record = std::move(**stored);
  auto cursors = history::load<history::cursors_record>(
      from, history::state_key(record::cursors, where));
  if (!cursors)
    return cursors.error();
  if (*cursors)
    all.cursors = std::move(**cursors);
  auto outbox = history::load<history::outbox_record>(
      from, history::state_key(record::outbox, where));
  if (!outbox)
    return outbox.error();
  all.outbox = std::move(*outbox);
  auto last = history::last_entry(from, where);
  if (!last)
    return last.error();
  std::tie(all.last, all.last_ts) = *last;
  if (loss.epoch == 0)
    return all;
  auto skipped = history::load<history::skipped_record>(
      from, history::state_key(record::skipped, where));
  if (!skipped)
    return skipped.error();
  if (*skipped)
    all.skipped = (*skipped)->epoch;
  return all;
}

} // namespace

void conversation_state::start(activation what) {
  node = std::move(what.node);
  partition = std::move(what.partition);
  name = std::move(what.name);
  epoch = what.epoch;
  loss = what.loss;
  where = node->where(name);
  is_group = valid_group(name);
  read_store<conversation_load>(
      self, *node, meanwhile::waits,
      [at = where, lost = loss](const history::store& from) {
        return load_conversation(from, at, lost);
      },
      [this](result<conversation_load> all) {
        if (node->led.of(where.partition) != epoch)
          return on_deposed(); // It may have read what is another's.
        if (all && (!all->stored || all->record.conv == name))
          return on_loaded(std::move(*all));
        log::error("conversation.load_failed", "conv={} why={}", name,
                   all ? "another name has its hash" : all.error().message);
        self->quit(caf::exit_reason::unhandled_exception);
      });
}

void conversation_state::on_loaded(conversation_load all) {
  record = std::move(all.record);
  cursors = std::move(all.cursors);
  stored = all.stored;
  last = committed = all.last;
  last_ts = all.last_ts;
  all_recent = last == 0;
  if (!stored) {
    record.conv = name;
    if (auto users = direct_users(name)) {
      record.members.push_back({std::string{users->first}, role::member, 1, 0});
      if (users->first != users->second)
        record.members.push_back(
            {std::string{users->second}, role::member, 1, 0});
    }
  }
  if (all.outbox) {
    outbox_open = true;
    outbox_mark = all.outbox->delivered;
    start_replay(outbox_mark);
  }
  must_skip = all.skipped < loss.epoch;
  if (stored)
    skip_lost();
}

/// Where acknowledged entries may be lost, nobody knows which numbers they had:
/// so many are skipped that none of them is given out again (I2). One row, that
/// of the last, stands for all of them.
void conversation_state::skip_lost() {
  if (!std::exchange(must_skip, false))
    return;
  entry gone;
  gone.kind = entry_kind::lost;
  gone.seq = last += loss.gap;
  gone.ts = last_ts = next_ts();
  history::batch rows;
  write_entry(rows, gone);
  rows.put(history::family::state, history::state_key(record::skipped, where),
           history::encode(history::skipped_record{loss.epoch}));
  write_record(rows);
  open_outbox(rows);
  open_commit what;
  what.entries.push_back(addressed({std::move(gone), 0, {}}));
  log::info("conversation.skipped", "conv={} upto={}", name, last);
  submit(std::move(rows), std::move(what));
}

/// Hands rows to the journal; `what` is dealt with when they are durable.
void conversation_state::submit(history::batch rows, open_commit what) {
  on_hand_over();
  open.push_back(std::move(what));
  self->send(node->journal, commit{std::move(rows), where.partition, epoch});
}

/// Hands over what the acts that came together have made.
void conversation_state::on_hand_over() {
  if (gathering.entries.empty())
    return;
  open.push_back(std::exchange(gathering, {}));
  self->send(node->journal,
             commit{std::exchange(gathered, {}), where.partition, epoch});
}

/// One message to each session, whatever number of its acts were committed.
void conversation_state::answer_askers(
    const std::vector<open_commit::asker>& askers) {
  std::vector<std::pair<caf::actor, appended>> replies;
  for (const auto& x : askers) {
    auto to = std::find_if(replies.begin(), replies.end(),
                           [&](const auto& r) { return r.first == x.who; });
    if (to == replies.end())
      to = replies.insert(to, {x.who, appended{name, {}}});
    to->second.all.push_back(x.what);
  }
  for (auto& [who, reply] : replies)
    self->send(who, std::move(reply));
}

void conversation_state::on_committed(uint32_t count) {
  std::vector<fresh_entry> entries;
  for (; count > 0 && !open.empty(); --count) {
    auto done = std::move(open.front());
    open.pop_front();
    if (!done.entries.empty()) {
      committed = done.entries.back().what.seq;
      metrics::add(metrics::counter::messages_appended, done.entries.size());
      fault::point("ack.before_send");
    }
    answer_askers(done.askers);
    if (done.promise)
      done.promise->deliver(answer{shared_bytes{std::move(done.fields)}});
    std::move(done.entries.begin(), done.entries.end(),
              std::back_inserter(entries));
  }
  if (!entries.empty())
    deliver_fresh(std::move(entries));
  run_queue();
}

/// The partition is led by another now. What the journal has not committed is
/// void: whoever waits for that sends it again.
void conversation_state::on_deposed() {
  open.push_back(std::move(gathering));
  for (auto& x : open) {
    for (const auto& asker : x.askers)
      self->send(asker.who, led_elsewhere(asker.what.tag));
    if (x.promise)
      x.promise->deliver(led_elsewhere());
  }
  for (const auto& act : queue)
    self->send(act.what.reply_to, led_elsewhere(act.what.tag));
  end_deposed(self);
}

/// Leadership is to move: nothing new comes until it has.
void conversation_state::on_settle() {
  on_hand_over();
  if (settled() && queue.empty() && questions.none())
    self->send(partition, parley::settled{});
  else
    self->delayed_send(self, settle_again, settle{});
}

/// The partition asks whether this conversation can be let go.
void conversation_state::on_rest(const rest& x) {
  if (!settled() || !queue.empty() || cursor_timer || !questions.none())
    return;
  if (behind > 0 || away > 0 || replaying)
    return start_looking_back();
  if (outbox_open) {
    history::batch rows;
    rows.erase(history::family::state,
               history::state_key(record::outbox, where));
    outbox_open = false;
    return submit(std::move(rows), {});
  }
  self->send(partition, rested{static_cast<uint8_t>(actor_kind::conversation),
                               name, x.routed});
}

namespace {

caf::behavior conversation(caf::stateful_actor<conversation_state>* self,
                           activation what) {
  auto& s = self->state;
  ignore_strays(self);
  self->set_exit_handler([self](const caf::exit_msg& x) {
    self->state.on_hand_over();
    self->state.flush_cursors();
    self->quit(x.reason);
  });
  s.start(std::move(what));
  using to = const to_conversation&;
  return {
      [&s](to, append& x) { s.on_append(x); },
      [&s](const committed& x) { s.on_committed(x.count); },
      [&s](to, const taken& x) { s.on_taken(x); },
      [&s](to, const missing& x) { s.on_missing(x); },
      [&s](to, const wake&) { s.skip_lost(); },
      [&s](to, const get_history& x) { return s.on_history(x); },
      [&s](to, const get_conversation& x) { return s.on_show(x); },
      [&s](to, const move_cursor& x) { s.on_cursor(x); },
      [&s](to, const typing& x) { s.on_typing(x); },
      [&s](to, const create_group& x) { return s.on_create(x); },
      [&s](to, const rename_group& x) { return s.on_rename(x); },
      [&s](to, const delete_group& x) { return s.on_delete(x); },
      [&s](to, const add_members& x) { return s.on_add(x); },
      [&s](to, const set_role& x) { return s.on_set_role(x); },
      [&s](to, const remove_member& x) { return s.on_remove(x); },
      [&s](to, const set_closed& x) { return s.on_set_closed(x); },
      [&s](const hand_over&) { s.on_hand_over(); },
      [&s](const flush&) { s.flush_cursors(); },
      [&s](const rest& x) { s.on_rest(x); },
      [&s](const settle&) { s.on_settle(); },
      [&s](const look_back&) { s.on_look_back(); },
      [&s](const deposed&) { s.on_deposed(); },
  };
}

} // namespace

caf::actor spawn_conversation(caf::local_actor& by, activation what) {
  return by.system().spawn(conversation, std::move(what));
}

} // namespace parley
