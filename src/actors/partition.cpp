#include "actors/partition.hpp"

#include "parley/actors/errors.hpp"
#include "parley/base/log.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace parley {

void partition_state::start(context_ptr with, uint16_t which, begins as) {
  node = std::move(with);
  number = which;
  if (as == begins::leading) {
    at = place::here;
    epoch = node->starts;
    node->led.set(number, epoch);
  }
}

// -- messages for a name -----------------------------------------------------

void partition_state::on_parcel(parcel x) {
  // Sessions come and go whatever else waits: nothing that is held is before
  // them.
  auto waits = (yields || taking_back != 0) && !is_about_session(x)
               && !(at == place::here && is_question(x));
  if (stopping || (at == place::here && !waits))
    return deal_with(std::move(x), true);
  if (at != place::here)
    note_session(x);
  if (at == place::elsewhere && !waits)
    relay(std::move(x));
  else
    hold(0, std::move(x));
}

/// Another node takes this one for the leader of an epoch. It is not relayed
/// once more: if this node does not lead, it may be about to; or it was
/// deposed, and who relayed takes it back.
void partition_state::on_relayed(uint64_t of, parcel x) {
  auto waits = yields && !is_question(x);
  if (stopping || (of <= epoch && at == place::here && !waits))
    deal_with(std::move(x), false);
  else
    hold(of, std::move(x));
}

void partition_state::deal_with(parcel x, bool is_local) {
  if (stopping)
    return bounce(x);
  auto is_taken =
      x.kind == actor_kind::user ? take_own(x, is_local) : take_read(x);
  if (!is_taken)
    route(std::move(x));
}

caf::actor partition_state::activate(actor_kind kind, const std::string& name) {
  auto what =
      activation{node, caf::actor_cast<caf::actor>(self), name, epoch, loss};
  switch (kind) {
    case actor_kind::user:
      return spawn_user(*self, std::move(what), refs(name),
                        failed_users.count(name) == 0);
    case actor_kind::conversation:
      return spawn_conversation(*self, std::move(what));
    case actor_kind::presence:
      break;
  }
  return spawn_presence(*self, std::move(what), presence_now());
}

/// One actor is the presence of all users of the partition.
const std::string& partition_state::actor_name(const parcel& x) const {
  static const std::string none;
  return x.kind == actor_kind::presence ? none : x.name;
}

presence_start partition_state::presence_now() const {
  presence_start result;
  for (const auto& [user, all] : sessions.users())
    result.here.emplace_back(user, sessions.status_of(user));
  if (settles_at > ticks)
    result.settles = std::chrono::seconds{settles_at - ticks};
  return result;
}

/// Passes a message on to the actor that it names, which is activated first if
/// it has to be.
void partition_state::route(parcel x) {
  auto kind = static_cast<size_t>(x.kind);
  const auto& name = actor_name(x);
  auto& to = active[kind][name];
  if (!to.handle) {
    to.handle = activate(x.kind, name);
    self->monitor(to.handle);
    metrics::move(actor_gauges[kind], 1);
  }
  ++to.routed;
  to.active = ticks;
  to.handle->enqueue(caf::make_mailbox_element(std::move(x.sender), x.id, {},
                                               std::move(x.content)),
                     self->context());
}

// -- actors ------------------------------------------------------------------

void partition_state::on_tick() {
  ++ticks;
  stop_yielding_overdue();
  bounce_overdue();
  forget_relayed();
  if (at == place::none)
    end_waiting_sessions();
  if (at != place::here)
    return;
  wake_more();
  note_devices();
  ask_for_rest();
}

/// Asks who has been idle for long whether they can be let go.
void partition_state::ask_for_rest() {
  using std::chrono::seconds;
  if (yields)
    return;
  auto idle = static_cast<uint64_t>(
      std::chrono::duration_cast<seconds>(node->settings.actors.passivate_after)
          .count());
  if (idle > 4 && ticks % (idle / 4) != 0)
    return;
  for (auto& all : active)
    for (auto& [name, x] : all)
      if (x.active + idle <= ticks)
        self->send(x.handle, rest{x.routed});
}

void partition_state::on_rested(const rested& x) {
  auto& all = active[x.kind];
  auto i = all.find(x.name);
  if (i == all.end() || i->second.routed != x.routed
      || caf::actor_cast<caf::strong_actor_ptr>(i->second.handle)
             != self->current_sender())
    return;
  self->demonitor(i->second.handle);
  // By default an actor ignores an exit whose reason is `normal`.
  self->send_exit(i->second.handle, caf::exit_reason::user_shutdown);
  all.erase(i);
  metrics::move(actor_gauges[x.kind], -1);
}

/// An actor failed: a mistake of ours. What it had told to the journal holds,
/// and the next message activates it anew.
void partition_state::on_down(const caf::down_msg& x) {
  if (stopping) {
    if (--ending == 0)
      self->quit();
    return;
  }
  for (size_t kind = 0; kind < actor_kinds; ++kind)
    for (auto i = active[kind].begin(); i != active[kind].end(); ++i)
      if (i->second.handle.address() == x.source) {
        // It may have found out before this partition that another leads.
        if (node->led.of(number) == epoch) {
          log::error("actor.failed", "kind={} name={} why={}", kind, i->first,
                     caf::to_string(x.reason));
          if (kind == static_cast<size_t>(actor_kind::user))
            failed_users.insert(i->first);
        }
        metrics::move(actor_gauges[kind], -1);
        active[kind].erase(i);
        return;
      }
}

void partition_state::on_exit() {
  if (stopping)
    return;
  stopping = true;
  for (const auto& x : std::exchange(back, {}))
    bounce(x.what);
  for (const auto& x : std::exchange(held, {}))
    bounce(x.what);
  give_back_all();
  for (auto& all : active) {
    for (auto& [name, x] : all) {
      self->send_exit(x.handle, caf::exit_reason::user_shutdown);
      ++ending;
    }
    all.clear();
  }
  if (ending == 0)
    self->quit();
}

// -- the actor ---------------------------------------------------------------

namespace {

/// Finds out whom a message names. @returns false if nobody.
bool address(const caf::type_erased_tuple& content, parcel& x) {
  if (content.size() < 2)
    return false;
  if (content.match_element<to_user>(0)) {
    x.kind = actor_kind::user;
    x.name = content.get_as<to_user>(0).name;
  } else if (content.match_element<to_conversation>(0)) {
    x.kind = actor_kind::conversation;
    x.name = content.get_as<to_conversation>(0).name;
  } else if (content.match_element<to_presence>(0)) {
    x.kind = actor_kind::presence;
    x.name = content.get_as<to_presence>(0).name;
  } else {
    return false;
  }
  return true;
}

/// A newer node may pass on what this one does not know yet. Whoever waits for
/// an answer is told to try again: the leader may be a newer one then.
caf::result<caf::message> refuse_unknown(const parcel& x) {
  if (!x.id.is_request())
    return caf::delegated<caf::message>{};
  return to_caf(error{errc::unavailable,
                      "whoever leads this part does not know the request yet",
                      retry_after_ms});
}

/// Finds out whom a message inside another one names.
bool unwrap(const caf::message& inner, parcel& x) {
  if (inner.empty() || !address(inner.content(), x))
    return false;
  x.content = inner;
  return true;
}

caf::result<caf::message> on_other(caf::stateful_actor<partition_state>* self,
                                   caf::message_view& x) {
  auto* element = self->current_mailbox_element();
  parcel it;
  it.sender = element->sender;
  it.id = element->mid;
  if (x.content().match_elements<relayed>()) {
    const auto& from_there = x.content().get_as<relayed>(0);
    if (!unwrap(from_there.what, it))
      return refuse_unknown(it);
    if (!element->stages.empty())
      it.by = element->stages.back();
    self->state.on_relayed(from_there.epoch, std::move(it));
    return caf::delegated<caf::message>{};
  }
  if (x.content().match_elements<returned>()) {
    if (!unwrap(x.content().get_as<returned>(0).what, it))
      return caf::sec::unexpected_message;
    self->state.on_returned(std::move(it));
    return caf::delegated<caf::message>{};
  }
  if (!address(x.content(), it))
    return caf::sec::unexpected_message;
  it.content = x.move_content_to_message();
  self->state.on_parcel(std::move(it));
  return caf::delegated<caf::message>{};
}

caf::behavior partition(caf::stateful_actor<partition_state>* self,
                        context_ptr node, uint16_t number, begins as) {
  self->state.start(std::move(node), number, as);
  self->set_default_handler(
      [self](caf::scheduled_actor*, caf::message_view& x) {
        return on_other(self, x);
      });
  self->set_down_handler(
      [self](const caf::down_msg& x) { self->state.on_down(x); });
  // An answer that nobody waits for may be an error; that is no reason to end.
  self->set_error_handler([](const caf::error&) {});
  self->set_exit_handler(
      [self](const caf::exit_msg&) { self->state.on_exit(); });
  return {
      [self](const leadership& x) { self->state.on_leadership(x); },
      [self](const node_gone& x) { self->state.on_node_gone(x); },
      [self](const yield_lead& x) { self->state.on_yield(x); },
      [self](const settled&) { self->state.on_settled(); },
      [self](const settled_enough& x) { self->state.on_settled_enough(x); },
      [self](const get_back& x) { return self->state.on_get_back(x); },
      [self](const get_sessions&) { return self->state.rows(); },
      [self](const find_accounts& x) { return self->state.on_find(x); },
      [self](const tick&) { self->state.on_tick(); },
      [self](const rested& x) { self->state.on_rested(x); },
  };
}

} // namespace

caf::actor spawn_partition(caf::actor_system& sys, context_ptr node,
                           uint16_t number, begins as) {
  return sys.spawn(partition, std::move(node), number, as);
}

} // namespace parley
