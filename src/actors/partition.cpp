#include "actors/entities.hpp"

#include "parley/actors/errors.hpp"
#include "parley/actors/spawn.hpp"
#include "parley/base/log.hpp"
#include "parley/base/metrics.hpp"
#include "parley/history/codecs.hpp"
#include "parley/history/keys.hpp"
#include "parley/model/session_table.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace parley {

namespace {

constexpr size_t kinds = 3; ///< Of actors.

/// An actor that this partition has activated.
struct entity {
  caf::actor handle;
  uint64_t routed = 0; ///< Messages passed on to it.
  uint64_t active = 0; ///< The tick of the last one.
};

using entities = std::unordered_map<std::string, entity>;
using session_table = model::session_table<caf::actor>;

struct partition_state {
  context_ptr node;
  caf::stateful_actor<partition_state>* self = nullptr;
  entities active[kinds];
  session_table sessions;
  std::set<std::string> failed_users;
  uint64_t ticks = 0;
  size_t ending = 0; ///< Actors to wait for, at the end.
  bool stopping = false;

  static constexpr metrics::gauge gauges[kinds] = {
      metrics::gauge::actors_user, metrics::gauge::actors_conversation,
      metrics::gauge::actors_presence};

  caf::actor activate(actor_kind kind, const std::string& name) {
    auto what = activation{node, caf::actor_cast<caf::actor>(self), name};
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

  /// Passes a message on to the actor that it names, which is activated first
  /// if it has to be.
  void route(actor_kind kind, const std::string& name,
             caf::strong_actor_ptr sender, caf::message_id id,
             caf::message content) {
    if (stopping)
      return bounce(sender, id);
    auto& all = active[static_cast<size_t>(kind)];
    auto& to = all[name];
    if (!to.handle) {
      to.handle = activate(kind, name);
      self->monitor(to.handle);
      metrics::move(gauges[static_cast<size_t>(kind)], 1);
    }
    ++to.routed;
    to.active = ticks;
    to.handle->enqueue(caf::make_mailbox_element(std::move(sender), id, {},
                                                 std::move(content)),
                       self->context());
  }

  /// Whoever waits for an answer is told that there will be none: an actor that
  /// awaits one could not end before its timeout.
  void bounce(const caf::strong_actor_ptr& sender, caf::message_id id) {
    if (sender && id.is_request())
      sender->enqueue(
          nullptr, id.response_id(),
          caf::make_message(to_caf(errc::unavailable, "the node stops")),
          self->context());
  }

  template <class... Ts>
  void tell(actor_kind kind, const std::string& name, Ts&&... xs) {
    route(kind, name, caf::actor_cast<caf::strong_actor_ptr>(self),
          caf::make_message_id(), caf::make_message(std::forward<Ts>(xs)...));
  }

  std::vector<session_ref> refs(const std::string& user) const {
    std::vector<session_ref> result;
    for (const auto& s : sessions.of(user))
      result.push_back({s.id, s.device, s.handle});
    return result;
  }

  /// Tells the user's actor, if there is one, and the presence tracker, if the
  /// status is another now.
  void sessions_changed(const std::string& user,
                        protocol::presence_status before) {
    auto& users = active[static_cast<size_t>(actor_kind::user)];
    if (users.count(user) != 0)
      tell(actor_kind::user, user, to_user{user}, sessions_now{refs(user)});
    auto now = sessions.status_of(user);
    if (now != before)
      tell(actor_kind::presence, user, to_presence{user},
           status_moved{static_cast<uint8_t>(now), node->clock->now()});
  }

  void attach_session(const std::string& user, const attach& x) {
    auto before = sessions.status_of(user);
    auto replaced = sessions.attach(
        user, {x.id, x.device, x.login, x.session, false, node->clock->now()});
    if (replaced)
      self->send(replaced->handle, end_session{static_cast<uint16_t>(
                                       protocol::close_code::replaced)});
    else
      metrics::move(metrics::gauge::sessions, 1);
    sessions_changed(user, before);
    tell(actor_kind::user, user, to_user{user}, x);
  }

  void detach_session(const std::string& user, const std::string& id) {
    auto before = sessions.status_of(user);
    auto gone = sessions.detach(user, id);
    if (!gone)
      return;
    metrics::move(metrics::gauge::sessions, -1);
    sessions_changed(user, before);
  }

  size_t end(const std::string& user, const end_sessions& x) {
    std::vector<session_table::session> chosen;
    for (const auto& s : sessions.of(user))
      if ((x.id.empty() || s.id == x.id)
          && (x.device.empty() || s.device == x.device)
          && (x.login.empty() || s.login == x.login)
          && (x.except_login.empty() || s.login != x.except_login))
        chosen.push_back(s);
    for (const auto& s : chosen) {
      self->send(s.handle, end_session{x.code});
      detach_session(user, s.id);
    }
    return chosen.size();
  }

  /// Asks who has been idle for long whether they can be let go.
  void on_tick() {
    ++ticks;
    write_last_active();
    using std::chrono::seconds;
    auto idle = static_cast<uint64_t>(std::chrono::duration_cast<seconds>(
                                          node->settings.actors.passivate_after)
                                          .count());
    if (idle > 4 && ticks % (idle / 4) != 0)
      return;
    for (auto& all : active)
      for (auto& [name, x] : all)
        if (x.active + idle <= ticks)
          self->send(x.handle, rest{x.routed});
  }

  void on_rested(const rested& x) {
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
    metrics::move(gauges[x.kind], -1);
  }

  /// An actor failed: a mistake of ours. What it had told to the journal holds,
  /// and the next message activates it anew.
  void on_down(const caf::down_msg& x) {
    if (stopping) {
      if (--ending == 0)
        self->quit();
      return;
    }
    for (size_t kind = 0; kind < kinds; ++kind)
      for (auto i = active[kind].begin(); i != active[kind].end(); ++i)
        if (i->second.handle.address() == x.source) {
          log::error("actor.failed", "kind={} name={} why={}", kind, i->first,
                     caf::to_string(x.reason));
          if (kind == static_cast<size_t>(actor_kind::user))
            failed_users.insert(i->first);
          metrics::move(gauges[kind], -1);
          active[kind].erase(i);
          return;
        }
  }

  /// Writes down that the connected users are here, each once in an interval;
  /// together, and without waking anyone.
  void write_last_active() {
    using std::chrono::seconds;
    auto every = std::max<uint64_t>(
        1,
        static_cast<uint64_t>(std::chrono::duration_cast<seconds>(
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
      self->send(node->journal, commit{std::move(rows)});
  }

  void on_exit() {
    if (stopping)
      return;
    stopping = true;
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
};

caf::result<caf::message> pass_on(caf::stateful_actor<partition_state>* self,
                                  caf::message_view& x) {
  auto* element = self->current_mailbox_element();
  const auto& content = x.content();
  auto kind = actor_kind::user;
  std::string name;
  if (content.size() < 2)
    return caf::sec::unexpected_message;
  if (content.match_element<to_user>(0)) {
    name = content.get_as<to_user>(0).name;
  } else if (content.match_element<to_conversation>(0)) {
    kind = actor_kind::conversation;
    name = content.get_as<to_conversation>(0).name;
  } else if (content.match_element<to_presence>(0)) {
    kind = actor_kind::presence;
    name = content.get_as<to_presence>(0).name;
  } else {
    return caf::sec::unexpected_message;
  }
  self->state.route(kind, name, element->sender, element->mid,
                    x.move_content_to_message());
  return caf::delegated<caf::message>{};
}

/// The sessions that a `get_sessions` asks for.
session_rows rows_of(const session_table& table) {
  session_rows result;
  for (const auto& [user, all] : table.users())
    for (const auto& s : all)
      result.rows.push_back({user, s.id, s.device, s.login, s.away, s.since});
  return result;
}

caf::behavior partition(caf::stateful_actor<partition_state>* self,
                        context_ptr node) {
  auto& state = self->state;
  state.node = std::move(node);
  state.self = self;
  self->set_default_handler(
      [self](caf::scheduled_actor*, caf::message_view& x) {
        return pass_on(self, x);
      });
  self->set_down_handler(
      [self](const caf::down_msg& x) { self->state.on_down(x); });
  // An answer that nobody waits for may be an error; that is no reason to end.
  self->set_error_handler([](const caf::error&) {});
  self->set_exit_handler(
      [self](const caf::exit_msg&) { self->state.on_exit(); });
  return {
      [self](const to_user& to, const attach& x) {
        self->state.attach_session(to.name, x);
      },
      [self](const to_user& to, const detach& x) {
        self->state.detach_session(to.name, x.id);
      },
      [self](const to_user& to, const end_sessions& x) {
        auto ended = self->state.end(to.name, x);
        return answer{shared_bytes{"\"ended\":" + std::to_string(ended)}};
      },
      [self](const to_user& to, const set_status& x) {
        auto before = self->state.sessions.status_of(to.name);
        self->state.sessions.set_away(to.name, x.id, x.away);
        self->state.sessions_changed(to.name, before);
      },
      [self](const to_user& to, const tell_sessions& x) {
        for (const auto& s : self->state.sessions.of(to.name))
          if (s.id != x.except)
            s.handle->enqueue(nullptr, caf::make_message_id(), x.what,
                              self->context());
      },
      [self](const get_sessions&) { return rows_of(self->state.sessions); },
      [self](const tick&) { self->state.on_tick(); },
      [self](const rested& x) { self->state.on_rested(x); },
      [](const committed&) {},
  };
}

} // namespace

caf::actor spawn_partition(caf::actor_system& sys, context_ptr node, uint16_t) {
  return sys.spawn(partition, std::move(node));
}

} // namespace parley
