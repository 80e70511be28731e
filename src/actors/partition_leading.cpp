#include "actors/partition.hpp"
#include "actors/store_read.hpp"

#include "parley/actors/errors.hpp"
#include "parley/base/log.hpp"
#include "parley/history/outboxes.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace parley {

namespace {

constexpr size_t held_max = 4096; ///< More are answered at once.

/// Conversations that a new leader wakes in a second.
constexpr size_t woken_at_once = 256;

constexpr uint32_t retry_after_ms = 1000;

error nobody_leads() {
  return {errc::unavailable, "no node leads this part; try again",
          retry_after_ms};
}

} // namespace

/// Another handle of the same leader is a change, too: what was on its way over
/// the link before is lost.
void partition_state::on_leadership(const leadership& x) {
  if (stopping || x.epoch < epoch || (x.where == place::elsewhere && !x.leader)
      || (x.epoch == epoch && x.where == at && x.leader == leader))
    return;
  if (at == place::here) {
    depose_actors();
    take_sessions_back();
  }
  if (at != place::none && x.where == place::none)
    leaderless_since = ticks;
  epoch = x.epoch;
  at = x.where;
  leader = at == place::elsewhere ? x.leader : caf::actor{};
  failed_users.clear();
  wakes = at == place::here;
  woken.reset();
  log::info("partition.leadership", "partition={} epoch={} place={}", number,
            epoch, static_cast<int>(at));
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
/// come yet still waits.
void partition_state::pass_held_on() {
  for (auto& x : std::exchange(held, {})) {
    if (x.of > epoch)
      held.push_back(std::move(x));
    else if (at == place::here)
      deal_with(std::move(x.what), x.of == 0);
    else if (x.of == 0)
      relay(std::move(x.what));
    else
      bounce(x.what);
  }
}

void partition_state::relay(parcel x) {
  leader->enqueue(
      caf::make_mailbox_element(std::move(x.sender), x.id, {},
                                relayed{epoch, std::move(x.content)}),
      self->context());
}

/// An `attach` is not held: its session is told when there is a leader, and
/// attaches then.
void partition_state::hold(uint64_t of, parcel x) {
  auto is_attach =
      x.kind == actor_kind::user && x.content.match_element<attach>(1);
  if (is_attach && of == 0)
    return;
  if (held.size() >= held_max)
    return bounce(x);
  held.push_back({std::move(x), of, ticks});
}

void partition_state::bounce_overdue() {
  auto bound =
      static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(
                                node->settings.actors.hold_timeout)
                                .count());
  while (!held.empty() && held.front().since + bound < ticks) {
    bounce(held.front().what);
    held.pop_front();
  }
}

/// Whoever waits for an answer is told that there is none. What is told without
/// waiting is repeated until it is answered, or superseded.
void partition_state::bounce(const parcel& x) {
  auto why =
      stopping ? error{errc::unavailable, "the node stops"} : nobody_leads();
  if (x.content.match_element<append>(1)) {
    const auto& act = x.content.get_as<append>(1);
    self->send(act.reply_to, refused{act.tag, static_cast<uint8_t>(why.code),
                                     why.message, why.retry_after_ms});
  } else {
    answer_with(x, why);
  }
}

void partition_state::answer_with(const parcel& x, const error& why) {
  if (x.sender && x.id.is_request())
    x.sender->enqueue(nullptr, x.id.response_id(),
                      caf::make_message(to_caf(why)), self->context());
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
