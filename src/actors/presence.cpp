#include "actors/deposed.hpp"
#include "actors/entities.hpp"
#include "actors/store_read.hpp"
#include "actors/strays.hpp"

#include "parley/actors/ask.hpp"
#include "parley/base/metrics.hpp"
#include "parley/history/reader.hpp"
#include "parley/model/status_changes.hpp"
#include "parley/model/viewers.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

namespace parley {

namespace {

using protocol::presence_status;
using std::chrono::milliseconds;

constexpr size_t viewers_max = 10'000; ///< Of a user; more are only answered.

/// Strangers who watch a user and are told when they are strangers no more.
constexpr size_t strangers_max = 200;

/// Changes that are told before the presence of another partition has its turn.
constexpr size_t told_at_once = 64;

/// What one `observe_all` waits for, and what it came with.
struct observe_round {
  observe_all what;
  std::shared_ptr<const std::vector<hash128>> groups;
  std::set<std::string> answered; ///< Who may be seen, and is not followed.
  std::map<std::string, timestamp> stored; ///< Of whom nothing was known.
  size_t left = 0;
  caf::response_promise promise;
};
using observe_round_ptr = std::shared_ptr<observe_round>;

using stored_times = std::map<std::string, timestamp>;

result<stored_times> read_times(const history::store& from,
                                const node_context& node,
                                const std::vector<std::string>& users) {
  stored_times all;
  for (const auto& user : users) {
    auto row = history::load<history::presence_record>(
        from, history::state_key(history::record::presence, node.where(user)));
    if (!row)
      return row.error();
    all.emplace(user, *row ? (*row)->last_active : 0);
  }
  return all;
}

/// Where the users of a partition are: told to the nodes on which somebody
/// watches who may see it, and written down. What is told and written when is
/// the model's; this hands it on.
struct presence_state {
  using seers = model::viewers<caf::actor>;

  explicit presence_state(caf::stateful_actor<presence_state>* actor)
      : self(actor) {}

  ~presence_state() { count(0, 0); }

  void start(activation what, const presence_start& with) {
    node = std::move(what.node);
    partition = std::move(what.partition);
    epoch = what.epoch;
    const auto& by = node->settings.presence;
    changes.emplace(model::presence_rules{by.coalesce, by.last_active_interval,
                                          now().steady + with.settles.count()},
                    node->presence->rows);
    for (const auto& [user, status] : with.here)
      changes->move(user, status, now());
    pump_out();
  }

  model::moment now() const {
    auto steady = self->clock().now().time_since_epoch();
    return {std::chrono::duration_cast<milliseconds>(steady).count(),
            node->clock->now()};
  }

  // -- what the users do -----------------------------------------------------

  void on_moved(const std::string& user, const status_moved& x) {
    changes->move(user, static_cast<presence_status>(x.status), now(),
                  milliseconds{x.held_ms});
    pump_out();
  }

  /// Tells and writes what is due and within the rates.
  void pump_out() {
    auto goes_on = tell_due();
    auto rows_wait = changes->rows_due(now()) > 0 && !writes();
    count(changes->changes_waiting(), changes->rows_waiting());
    if (goes_on)
      return self->send(self, pump{}); // Behind what waits in the mailbox.
    auto next = changes->next_due();
    if (rows_wait || (next && *next <= now().steady))
      next = model::pace::next(now().steady);
    if (next)
      wake_at(*next);
  }

  /// @returns whether there may be more for now.
  bool tell_due() {
    auto wanted = changes->due(now(), told_at_once);
    auto granted =
        wanted > 0 ? node->presence->tells.take(now().steady, wanted) : 0;
    std::map<caf::actor, presence_news> news;
    for (auto& x : changes->take_due(now(), granted)) {
      for (const auto& hub : viewers.nodes_of(x.user)) {
        news[hub].all.push_back(
            {x.user, static_cast<uint8_t>(x.now.is), x.now.last_active});
        metrics::add(metrics::counter::presence_told);
      }
    }
    for (auto& [hub, all] : news) {
      all.epoch = epoch;
      self->send(hub, std::move(all));
    }
    return granted == told_at_once;
  }

  /// One batch is under way at a time: what the disk does not take waits in the
  /// room, which has a bound. @returns whether nothing has to be tried again.
  bool writes() {
    if (writing)
      return true; // `committed` goes on.
    auto granted =
        node->presence->writes.take(now().steady, changes->rows_due(now()));
    if (granted == 0)
      return false;
    writing = true;
    commit_rows(changes->take_rows(now(), granted));
    return true;
  }

  void commit_rows(const std::vector<model::status_changes::row>& all) {
    history::batch rows;
    for (const auto& x : all)
      rows.put(
          history::family::state,
          history::state_key(history::record::presence, node->where(x.user)),
          history::encode(history::presence_record{x.last_active}));
    auto which = node->where(all.front().user).partition;
    metrics::add(metrics::counter::presence_rows, all.size());
    self->send(node->journal, commit{std::move(rows), which, epoch});
  }

  void on_committed() {
    writing = false;
    changes->settle_rows(now());
    pump_out();
  }

  void wake_at(int64_t when) {
    if (wakes_at && *wakes_at <= when)
      return;
    wakes_at = when;
    auto in = std::max<int64_t>(when - now().steady, 0);
    self->delayed_send(self, milliseconds{in}, pump{});
  }

  void on_pump() {
    if (wakes_at && *wakes_at <= now().steady)
      wakes_at.reset();
    pump_out();
  }

  /// Brings the metrics from what they were told last to this.
  void count(size_t changes_wait, size_t rows_wait) {
    auto move = [](metrics::gauge which, size_t& from, size_t to) {
      metrics::move(which,
                    static_cast<int64_t>(to) - static_cast<int64_t>(from));
      from = to;
    };
    move(metrics::gauge::presence_changes_waiting, counted.changes,
         changes_wait);
    move(metrics::gauge::presence_rows_waiting, counted.rows, rows_wait);
    auto dropped = changes ? changes->rows_refused() : 0;
    metrics::add(metrics::counter::presence_rows_dropped,
                 dropped - counted.dropped);
    counted.dropped = dropped;
  }

  // -- who watches -----------------------------------------------------------

  /// Calls `then` with whether `who` may see a user.
  void ask_user(const std::string& user, const std::string& who,
                const std::vector<hash128>& groups,
                std::function<void(bool)> then) {
    self->request(partition, ask_timeout, to_user{user}, shares{who, groups})
        .then([then, asked = questions.ask()](bool yes) { then(yes); },
              [then](const caf::error&) { then(false); });
  }

  caf::result<seen_all> on_observe_all(const observe_all& x) {
    auto round = std::make_shared<observe_round>();
    round->what = x;
    round->groups = std::make_shared<const std::vector<hash128>>(x.groups);
    round->promise = self->make_response_promise();
    round->left = x.users.size() + 1;
    for (const auto& user : x.users)
      ask_user(user, x.watcher, x.groups, [this, round, user](bool yes) {
        decide(*round, user, yes);
        finish_one(*round);
      });
    read_unknown(round);
    return caf::delegated<seen_all>{};
  }

  /// At once when it is known: a change of rights after it finds the viewer.
  void decide(observe_round& round, const std::string& user, bool may_see) {
    const auto& hub = round.what.hub;
    const auto& watcher = round.what.watcher;
    auto follows =
        hub && may_see && viewers.add(user, hub, watcher, round.groups);
    if (may_see && !follows)
      round.answered.insert(user);
    if (hub && !follows)
      viewers.remove(user, hub, watcher);
    if (hub && !may_see)
      strangers.add(user, hub, watcher, nullptr);
    else if (hub)
      strangers.remove(user, hub, watcher);
    if (hub && hubs.emplace(hub.address(), hub).second)
      self->monitor(hub);
    changes->watch(user, viewers.watched(user), now());
  }

  void read_unknown(const observe_round_ptr& round) {
    std::vector<std::string> unknown;
    for (const auto& user : round->what.users)
      if (!changes->knows(user))
        unknown.push_back(user);
    if (unknown.empty())
      return finish_one(*round);
    read_store<stored_times>(
        self, *node, meanwhile::goes_on,
        [with = node, unknown](const history::store& from) {
          return read_times(from, *with, unknown);
        },
        [this, round](result<stored_times> all) {
          if (all)
            round->stored = std::move(*all);
          finish_one(*round);
        });
  }

  void finish_one(observe_round& round) {
    if (--round.left > 0)
      return;
    seen_all result;
    result.epoch = epoch;
    for (const auto& user : round.what.users) {
      // Rights may have come or ended while the others were asked for.
      auto follows = round.what.hub
                     && viewers.has(user, round.what.hub, round.what.watcher);
      if (follows || round.answered.count(user) != 0)
        result.items.push_back(item_of(user, follows, round.stored));
    }
    round.promise.deliver(std::move(result));
    pump_out();
  }

  seen_item item_of(const std::string& user, bool follows,
                    const stored_times& stored) {
    auto read = stored.find(user);
    if (follows && read != stored.end())
      changes->restore(user, read->second, now());
    auto seen = changes->look(user, now());
    if (read != stored.end() && !changes->knows(user))
      seen.last_active = read->second;
    return {user, static_cast<uint8_t>(seen.is), seen.last_active, seen.certain,
            follows};
  }

  void on_unobserve_all(const unobserve_all& x) {
    for (const auto& user : x.users) {
      viewers.remove(user, x.hub, x.watcher);
      strangers.remove(user, x.hub, x.watcher);
      changes->watch(user, viewers.watched(user), now());
    }
  }

  void on_hub_down(const caf::down_msg& x) {
    auto at = hubs.find(x.source);
    if (at == hubs.end())
      return;
    for (const auto& user : viewers.remove_node(at->second))
      changes->watch(user, false, now());
    strangers.remove_node(at->second);
    hubs.erase(at);
  }

  /// Rights may be others now: who may no longer see the user sees them go, and
  /// who may see them now is to ask again.
  void on_recheck(const std::string& user, const recheck& x) {
    const auto concerns = [&x](const auto& viewer) {
      return x.watcher.empty() || viewer.name == x.watcher;
    };
    for (const auto& v : strangers.of(user))
      if (concerns(v))
        self->send(v.node, to_user{v.name}, recheck{});
    if (x.watcher.empty() && x.group != hash128{})
      return;
    viewers.leave_group(user, x.watcher, x.group);
    for (const auto& v : viewers.of(user))
      if (concerns(v))
        ask_again(user, v);
  }

  void ask_again(const std::string& user, const seers::viewer& v) {
    ask_user(user, v.name, *v.in, [this, user, v](bool yes) {
      if (yes || !viewers.has(user, v.node, v.name))
        return;
      viewers.remove(user, v.node, v.name);
      strangers.add(user, v.node, v.name, nullptr);
      changes->watch(user, viewers.watched(user), now());
      self->send(v.node, presence_hidden{user, v.name});
    });
  }

  // -- life ------------------------------------------------------------------

  /// Leadership is to move. What is told and written from now on may be lost
  /// with it, and the next leader makes up for it.
  void on_settle() {
    if (!writing && questions.none())
      self->send(partition, settled{});
    else
      self->delayed_send(self, settle_again, settle{});
  }

  void on_rest(const rest& x) {
    if (!writing && viewers.empty() && strangers.empty() && questions.none()
        && changes->users() == 0)
      self->send(
          partition,
          rested{static_cast<uint8_t>(actor_kind::presence), {}, x.routed});
  }

  /// The journal outlives the partitions, and this is little: for each user
  /// who is online or was not written yet, one row.
  void on_exit() {
    if (auto rows = changes->last_rows(now()); !rows.empty())
      commit_rows(rows);
  }

  caf::stateful_actor<presence_state>* self;
  context_ptr node;
  caf::actor partition;
  uint64_t epoch = 0;
  seers viewers{viewers_max};
  seers strangers{strangers_max}; ///< Who asked and may not see the user.
  std::map<caf::actor_addr, caf::actor> hubs; ///< That are monitored.
  std::optional<model::status_changes> changes;
  std::optional<int64_t> wakes_at; ///< A timer is set.
  bool writing = false;            ///< The journal has rows.
  open_questions questions;

  struct {
    size_t changes = 0;
    size_t rows = 0;
    size_t dropped = 0;
  } counted; ///< What the metrics know.
};

caf::behavior presence(caf::stateful_actor<presence_state>* self,
                       activation what, const presence_start& with) {
  auto& s = self->state;
  ignore_strays(self);
  self->set_down_handler(
      [self](const caf::down_msg& x) { self->state.on_hub_down(x); });
  self->set_exit_handler([self](const caf::exit_msg& x) {
    self->state.on_exit();
    self->quit(x.reason);
  });
  s.start(std::move(what), with);
  using to = const to_presence&;
  return {
      [&s](to who, const status_moved& x) { s.on_moved(who.name, x); },
      [&s](to, const observe_all& x) { return s.on_observe_all(x); },
      [&s](to, const unobserve_all& x) { s.on_unobserve_all(x); },
      [&s](to who, const recheck& x) { s.on_recheck(who.name, x); },
      [&s](const pump&) { s.on_pump(); },
      [&s](const committed&) { s.on_committed(); },
      [&s](const rest& x) { s.on_rest(x); },
      [&s](const settle&) { s.on_settle(); },
      [self](const deposed&) { end_deposed(self); },
  };
}

} // namespace

caf::actor spawn_presence(caf::local_actor& by, activation what,
                          presence_start with) {
  return by.system().spawn(presence, std::move(what), std::move(with));
}

} // namespace parley
