#include "actors/deposed.hpp"
#include "actors/entities.hpp"
#include "actors/store_read.hpp"
#include "actors/strays.hpp"

#include "parley/actors/ask.hpp"
#include "parley/base/log.hpp"
#include "parley/history/reader.hpp"
#include "parley/protocol/events.hpp"

#include <caf/all.hpp>

#include <map>
#include <optional>
#include <utility>

namespace parley {

namespace {

using protocol::presence_status;

constexpr size_t watchers_max = 10'000; ///< More are only answered.

/// A session that is told of changes.
struct watcher {
  std::string user;
  caf::actor session;
  std::vector<hash128> groups;
};

/// Where one user is: known from the sessions, told to those who may see it,
/// written down when it changes.
struct presence_state {
  explicit presence_state(caf::stateful_actor<presence_state>* actor)
      : self(actor) {}

  void start(activation what, presence_status now) {
    node = std::move(what.node);
    partition = std::move(what.partition);
    name = std::move(what.name);
    epoch = what.epoch;
    status = now;
    using row = std::optional<history::presence_record>;
    read_store<row>(
        self, *node, meanwhile::waits,
        [at = row_key()](const history::store& from) {
          return history::load<history::presence_record>(from, at);
        },
        [this](result<row> stored) {
          if (stored && *stored)
            last_active = (*stored)->last_active;
        });
  }

  std::string row_key() const {
    return history::state_key(history::record::presence, node->where(name));
  }

  presence_seen seen() const {
    auto here = status == presence_status::online;
    return {name, static_cast<uint8_t>(status),
            here ? node->clock->now() : last_active};
  }

  /// Told for changes only. A tracker that this message woke knows the status
  /// from its start already.
  void on_moved(const status_moved& x) {
    status = static_cast<presence_status>(x.status);
    last_active = x.when;
    history::batch rows;
    rows.put(history::family::state, row_key(),
             history::encode(history::presence_record{last_active}));
    ++open;
    self->send(node->journal,
               commit{std::move(rows), node->where(name).partition, epoch});
    tell(seen());
  }

  void tell(const presence_seen& x) {
    auto news = caf::make_message(event_of(x));
    for (const auto& [address, w] : watchers)
      w.session->enqueue(nullptr, caf::make_message_id(), news,
                         self->context());
  }

  static ephemeral event_of(const presence_seen& x) {
    return {shared_bytes{protocol::encode_presence(
        {{x.user, static_cast<presence_status>(x.status), x.last_active}})}};
  }

  /// Calls `then` with whether `who` may see this user.
  void ask_user_of(const std::string& who, const std::vector<hash128>& groups,
                   std::function<void(bool)> then) {
    self->request(node->home(name), ask_timeout, to_user{name},
                  shares{who, groups})
        .then([then, asked = questions.ask()](bool yes) { then(yes); },
              [then](const caf::error&) { then(false); });
  }

  caf::result<presence_seen> on_observe(const observe& x) {
    auto promise = self->make_response_promise();
    ask_user_of(x.watcher, x.groups, [this, x, promise](bool yes) mutable {
      if (!yes) {
        forget(x.session);
        return promise.deliver(presence_seen{name, 0, 0});
      }
      remember(x);
      promise.deliver(seen());
    });
    return caf::delegated<presence_seen>{};
  }

  void remember(const observe& x) {
    if (!x.session || watchers.size() >= watchers_max)
      return;
    auto entry = watcher{x.watcher, x.session, x.groups};
    if (watchers.insert_or_assign(x.session.address(), std::move(entry)).second)
      self->monitor(x.session);
  }

  void forget(const caf::actor& session) {
    if (session && watchers.erase(session.address()) > 0)
      self->demonitor(session);
  }

  void on_unobserve(const unobserve& x) {
    if (watchers.erase(x.session) > 0)
      self->demonitor(x.session);
  }

  /// Rights may be others now: who may no longer see the user sees them go.
  void on_recheck(const recheck& x) {
    for (auto& [address, w] : watchers) {
      if (!x.left.empty() && w.user != x.left)
        continue;
      std::erase(w.groups, x.group);
      ask_user_of(w.user, w.groups, [this, session = w.session](bool yes) {
        if (yes || watchers.count(session.address()) == 0)
          return;
        self->send(session, event_of({name, 0, 0}));
        forget(session);
      });
    }
  }

  void on_rest(const rest& x) {
    if (open == 0 && watchers.empty() && questions.none())
      self->send(partition, rested{static_cast<uint8_t>(actor_kind::presence),
                                   name, x.routed});
  }

  caf::stateful_actor<presence_state>* self;
  context_ptr node;
  caf::actor partition;
  std::string name;
  uint64_t epoch = 0;
  presence_status status = presence_status::offline;
  timestamp last_active = 0;
  std::map<caf::actor_addr, watcher> watchers;
  size_t open = 0; ///< Commits under way.
  open_questions questions;
};

caf::behavior presence(caf::stateful_actor<presence_state>* self,
                       activation what, presence_status now) {
  auto& s = self->state;
  ignore_strays(self);
  self->set_down_handler(
      [self](const caf::down_msg& x) { self->state.watchers.erase(x.source); });
  s.start(std::move(what), now);
  using to = const to_presence&;
  return {
      [&s](to, const status_moved& x) { s.on_moved(x); },
      [&s](to, const observe& x) { return s.on_observe(x); },
      [&s](to, const unobserve& x) { s.on_unobserve(x); },
      [&s](to, const recheck& x) { s.on_recheck(x); },
      [&s](const committed& x) { s.open -= x.count; },
      [&s](const rest& x) { s.on_rest(x); },
      [self](const deposed&) { end_deposed(self); },
  };
}

} // namespace

caf::actor spawn_presence(caf::local_actor& by, activation what,
                          presence_status status) {
  return by.system().spawn(presence, std::move(what), status);
}

} // namespace parley
