#include "actors/partition.hpp"
#include "actors/store_read.hpp"

#include "parley/actors/errors.hpp"
#include "parley/base/log.hpp"
#include "parley/history/outboxes.hpp"
#include "parley/protocol/close_code.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace parley {

namespace {

constexpr size_t held_max = 4096; ///< More are answered at once.

/// Of more than that many at a time, the first wait for their time to be over.
constexpr size_t asks_max = 512;

/// Conversations that a new leader wakes in a second.
constexpr size_t woken_at_once = 256;

error nobody_leads() {
  return {errc::unavailable, "no node leads this part; try again",
          retry_after_ms};
}

/// None if nobody waits: it is repeated until it is taken, or superseded.
std::optional<asker> asker_of(const parcel& x) {
  if (x.content.match_element<append>(1)) {
    const auto& act = x.content.get_as<append>(1);
    return asker{
        caf::actor_cast<caf::strong_actor_ptr>(act.reply_to), {}, act.tag};
  }
  if (!x.sender || !x.id.is_request())
    return std::nullopt;
  return asker{x.sender, x.id};
}

/// CAF takes two handles of one remote actor for equal, though a handle is of
/// no use once the connection that it came by has ended.
bool same_handle(const caf::actor& a, const caf::actor& b) {
  using pointer = caf::strong_actor_ptr;
  return caf::actor_cast<pointer>(a).get() == caf::actor_cast<pointer>(b).get();
}

} // namespace

/// Another handle of the same leader is a change, too: what was on its way over
/// the link before is lost.
void partition_state::on_leadership(const leadership& x) {
  if (stopping || x.epoch < epoch || (x.where == place::elsewhere && !x.leader)
      || (x.epoch == epoch && x.where == at && same_handle(x.leader, leader)))
    return;
  if (at == place::here) {
    end_yielding();
    depose_actors();
    take_sessions_back();
  }
  auto is_left = at == place::elsewhere
                 && (x.where != place::elsewhere
                     || (x.epoch > epoch && x.leader != leader));
  if (is_left && has_relayed)
    ask_back(leader);
  if (at != place::none && x.where == place::none)
    leaderless_since = ticks;
  epoch = x.epoch;
  at = x.where;
  auto grace = std::chrono::ceil<std::chrono::seconds>(
      node->settings.presence.node_grace);
  settles_at = ticks + static_cast<uint64_t>(grace.count());
  auto before =
      std::exchange(leader, at == place::elsewhere ? x.leader : caf::actor{});
  has_relayed = has_relayed && same_handle(leader, before);
  loss = x.loss;
  failed_users.clear();
  wakes = at == place::here;
  woken.reset();
  log::info("partition.leadership", "partition={} epoch={} place={}", number,
            epoch, static_cast<int>(at));
  if (at != place::here)
    give_back_all();
  if (at == place::none)
    return;
  pass_held_on();
  move_sessions();
  if (!wakes)
    return;
  wake_more();
  if (node->push.dispatcher)
    self->send(node->push.dispatcher, push_replay{});
}

/// What is before it in their mailboxes is dealt with as if nothing had
/// happened; the journal refuses what comes of it. (An urgent message that
/// comes while an actor awaits a reply is not seen again until the next.)
void partition_state::depose_actors() {
  for (size_t kind = 0; kind < actor_kinds; ++kind) {
    for (auto& [name, x] : active[kind]) {
      self->demonitor(x.handle);
      self->send(x.handle, deposed{});
    }
    metrics::move(actor_gauges[kind],
                  -static_cast<int64_t>(active[kind].size()));
    active[kind].clear();
  }
}

/// What was held goes on in its order. What was meant for an epoch that has not
/// come yet still waits, and so does what others are to take back, and this
/// node's own as long as it takes back what was before it.
void partition_state::pass_held_on() {
  for (auto& x : std::exchange(held, {})) {
    auto is_own = x.of == 0;
    if (x.of > epoch || (is_own && taking_back != 0))
      held.push_back(std::move(x));
    else if (at == place::here)
      deal_with(std::move(x.what), is_own);
    else if (is_own && at == place::elsewhere)
      relay(std::move(x.what));
    else
      held.push_back(std::move(x));
  }
}

void partition_state::relay(parcel x) {
  has_relayed = true;
  note_relayed(x);
  // The stage says who relays; answers go to the sender all the same.
  leader->enqueue(
      caf::make_mailbox_element(std::move(x.sender), x.id,
                                {caf::actor_cast<caf::strong_actor_ptr>(self)},
                                relayed{epoch, std::move(x.content)}),
      self->context());
}

/// An `attach` is not held: its session is told when there is a leader, and
/// attaches then. One that another node relays is: that node knows the leader,
/// and does not tell it again.
void partition_state::hold(uint64_t of, parcel x) {
  if (is_attach(x) && of == 0)
    return;
  if (held.size() >= held_max)
    return turn_away(x);
  held.push_back({std::move(x), of, ticks});
}

/// What is held no longer. A session that waits for its first answer has
/// nothing to repeat it by: its client tries elsewhere.
void partition_state::turn_away(const parcel& x) {
  bounce(x);
  if (is_attach(x) && !x.content.get_as<attach>(1).again)
    self->send(
        x.content.get_as<attach>(1).session,
        end_session{static_cast<uint16_t>(protocol::close_code::draining)});
}

void partition_state::bounce_overdue() {
  auto bound =
      static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(
                                node->settings.actors.hold_timeout)
                                .count());
  while (!held.empty() && held.front().since + bound < ticks) {
    turn_away(held.front().what);
    held.pop_front();
  }
}

void partition_state::bounce(const parcel& x) {
  if (auto who = asker_of(x))
    refuse(*who, stopping ? error{errc::unavailable, "the node stops"}
                          : nobody_leads());
}

void partition_state::refuse(const asker& x, const error& why) {
  if (x.id.is_request())
    respond(x.whom, x.id, caf::make_message(to_caf(why)));
  else
    self->send(caf::actor_cast<caf::actor>(x.whom),
               refused{x.tag, static_cast<uint8_t>(why.code), why.message,
                       why.retry_after_ms});
}

// -- what is on its way to a leader -------------------------------------------

void partition_state::note_relayed(const parcel& x) {
  auto who = asker_of(x);
  if (!who)
    return;
  if (asks.size() == asks_max)
    asks.pop_front();
  asks.push_back({std::move(*who), leader.node(), ticks});
}

/// Whoever still waits after that time has given up.
void partition_state::forget_relayed() {
  auto bound = static_cast<uint64_t>(std::chrono::ceil<std::chrono::seconds>(
                                         node->settings.actors.answer_timeout)
                                         .count());
  while (!asks.empty() && asks.front().since + bound < ticks)
    asks.pop_front();
}

/// What has become of it is not known: whoever waits does it again, and finds
/// out. Who has an answer already heeds no other.
void partition_state::refuse_relayed(const caf::node_id& to) {
  std::erase_if(asks, [&](const relayed_ask& x) {
    if (x.to != to)
      return false;
    refuse(x.of, {errc::unavailable, "the leader is gone; try again",
                  leader_changes_ms});
    return true;
  });
}

void partition_state::answer_with(const parcel& x, caf::message what) {
  respond(x.sender, x.id, std::move(what));
}

void partition_state::respond(const caf::strong_actor_ptr& whom,
                              caf::message_id id, caf::message what) {
  if (whom && id.is_request())
    whom->enqueue(nullptr, id.response_id(), std::move(what), self->context());
}

/// A new leader delivers what the one before it left: it wakes the
/// conversations with undelivered entries, so many a second.
void partition_state::wake_more() {
  if (!wakes || waking)
    return;
  waking = true;
  using rows = std::vector<history::outbox_record>;
  read_store<rows>(
      self, *node, meanwhile::goes_on,
      [which = number, after = woken](const history::store& from) {
        return history::read_outboxes(from, which, after, woken_at_once);
      },
      [this, in = epoch](result<rows> found) {
        waking = false;
        if (!found || epoch != in || at != place::here || stopping)
          return;
        for (const auto& x : *found)
          tell(actor_kind::conversation, x.conv, to_conversation{x.conv},
               wake{});
        wakes = found->size() == woken_at_once;
        if (wakes)
          woken = node->where(found->back().conv);
      });
}

} // namespace parley
