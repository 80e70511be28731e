#include "actors/partition.hpp"

#include "parley/base/log.hpp"
#include "parley/history/codecs.hpp"
#include "parley/history/keys.hpp"

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
  if (at == place::here || stopping)
    return deal_with(std::move(x), true);
  note_session(x);
  if (at == place::elsewhere)
    relay(std::move(x));
  else
    hold(0, std::move(x));
}

/// Another node takes this one for the leader of an epoch. It is not relayed
/// once more: if this node does not lead, it may be about to, or was deposed.
void partition_state::on_relayed(uint64_t of, parcel x) {
  if (of > epoch && !stopping)
    hold(of, std::move(x));
  else if (at == place::here)
    deal_with(std::move(x), false);
  else
    bounce(x);
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
  auto what = activation{node, caf::actor_cast<caf::actor>(self), name, epoch};
  switch (kind) {
    case actor_kind::user:
      return spawn_user(*self, std::move(what), refs(name),
                        failed_users.count(name) == 0);
    case actor_kind::conversation:
      return spawn_conversation(*self, std::move(what));
    case actor_kind::presence:
      break;
  }
  return spawn_presence(*self, std::move(what), sessions.status_of(name));
}

/// Passes a message on to the actor that it names, which is activated first if
/// it has to be.
void partition_state::route(parcel x) {
  auto kind = static_cast<size_t>(x.kind);
  auto& to = active[kind][x.name];
  if (!to.handle) {
    to.handle = activate(x.kind, x.name);
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
  bounce_overdue();
  if (at == place::none)
    end_waiting_sessions();
  if (at != place::here)
    return;
  wake_more();
  write_last_active();
  ask_for_rest();
}

/// Asks who has been idle for long whether they can be let go.
void partition_state::ask_for_rest() {
  using std::chrono::seconds;
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

/// Writes down that the connected users are here, each once in an interval;
/// together, and without waking anyone.
void partition_state::write_last_active() {
  using std::chrono::seconds;
  auto every = std::max<uint64_t>(
      1, static_cast<uint64_t>(std::chrono::duration_cast<seconds>(
                                   node->settings.presence.last_active_interval)
                                   .count()));
  history::batch rows;
  auto now = node->clock->now();
  for (const auto& [user, all] : sessions.users()) {
    auto where = node->where(user);
    if (std::hash<hash128>{}(where.key) % every != ticks % every)
      continue;
    rows.put(history::family::state,
             history::state_key(history::record::presence, where),
             history::encode(history::presence_record{now}));
  }
  if (!rows.empty())
    self->send(node->journal, commit{std::move(rows), number, epoch});
}

void partition_state::on_exit() {
  if (stopping)
    return;
  stopping = true;
  for (const auto& x : std::exchange(held, {}))
    bounce(x.what);
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

caf::result<caf::message> on_other(caf::stateful_actor<partition_state>* self,
                                   caf::message_view& x) {
  auto* element = self->current_mailbox_element();
  parcel it;
  it.sender = element->sender;
  it.id = element->mid;
  if (x.content().match_elements<relayed>()) {
    const auto& from_there = x.content().get_as<relayed>(0);
    if (from_there.what.empty() || !address(from_there.what.content(), it))
      return caf::sec::unexpected_message;
    it.content = from_there.what;
    self->state.on_relayed(from_there.epoch, std::move(it));
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
      [self](const get_sessions&) { return self->state.rows(); },
      [self](const tick&) { self->state.on_tick(); },
      [self](const rested& x) { self->state.on_rested(x); },
      [](const committed&) {},
  };
}

} // namespace

caf::actor spawn_partition(caf::actor_system& sys, context_ptr node,
                           uint16_t number, begins as) {
  return sys.spawn(partition, std::move(node), number, as);
}

} // namespace parley
