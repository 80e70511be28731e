#include "actors/presence_hub.hpp"

#include "actors/strays.hpp"

#include "parley/actors/ask.hpp"
#include "parley/actors/messages.hpp"
#include "parley/base/names.hpp"
#include "parley/model/watch_table.hpp"
#include "parley/protocol/events.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <map>
#include <memory>
#include <set>
#include <utility>

namespace parley {

namespace {

using protocol::presence_item;
using protocol::presence_status;

/// Watchers that are asked for anew at once; more wait for their turn.
constexpr size_t renewing_max = 64;

/// What was not answered is asked for again after this.
constexpr auto renew_after = std::chrono::seconds{2};

/// A watch list whose users' homes are being asked.
struct watch_round {
  std::string watcher;
  std::vector<std::string> users;            ///< As the client gave them.
  std::map<std::string, presence_item> seen; ///< Of whom nothing is told later.
  caf::actor session;                        ///< Null: only asked.
  size_t left = 0;
  caf::response_promise promise;
};
using watch_round_ptr = std::shared_ptr<watch_round>;

/// Knows whom this node's sessions watch. Their homes tell it of each user
/// once, and it tells the sessions whose users may know.
struct hub_state {
  using table = model::watch_table<caf::actor>;
  using pair = table::pair;

  explicit hub_state(caf::stateful_actor<hub_state>* actor)
      : self(actor),
        watched([this](const auto& user) { return partition_of(user); }) {}

  uint16_t partition_of(const std::string& user) const {
    return node->where(user).partition;
  }

  std::map<uint16_t, std::vector<std::string>>
  by_home(const std::vector<std::string>& users) const {
    std::map<uint16_t, std::vector<std::string>> result;
    for (const auto& user : users)
      result[partition_of(user)].push_back(user);
    return result;
  }

  // -- what sessions ask -----------------------------------------------------

  /// Whom this user may not see, and who does not exist, is offline.
  caf::result<answer> on_watch(const std::string& user, const watch& x) {
    auto round = std::make_shared<watch_round>();
    round->watcher = user;
    round->users = x.users;
    round->session = x.session;
    round->promise = self->make_response_promise();
    std::vector<std::string> valid;
    std::copy_if(x.users.begin(), x.users.end(), std::back_inserter(valid),
                 [](const auto& name) { return valid_user(name); });
    if (round->session) {
      remember(x.session, user, valid);
      std::erase_if(valid, [&](const auto& name) {
        return watched.granted({user, name});
      });
    }
    if (valid.empty())
      finish(*round);
    else
      ask_homes(round, std::move(valid));
    return caf::delegated<answer>{};
  }

  void remember(const caf::actor& session, const std::string& user,
                const std::vector<std::string>& users) {
    if (sessions.emplace(session.address(), session).second)
      self->monitor(session);
    let_go(watched.replace(session, user, users));
  }

  void on_down(const caf::down_msg& x) {
    if (auto at = sessions.find(x.source); at != sessions.end()) {
      let_go(watched.remove(at->second));
      sessions.erase(at);
      return;
    }
    for (auto& [partition, from] : homes)
      if (from.tracker == x.source) {
        from.tracker = {};
        renew_all(partition);
      }
  }

  void let_go(const std::vector<pair>& pairs) {
    std::map<std::string, std::vector<std::string>> by_watcher;
    for (const auto& x : pairs)
      by_watcher[x.watcher].push_back(x.user);
    for (const auto& [watcher, users] : by_watcher)
      unobserve(watcher, users);
  }

  void unobserve(const std::string& watcher,
                 const std::vector<std::string>& users) {
    for (auto& [partition, all] : by_home(users))
      self->send(node->partitions[partition], to_presence{all.front()},
                 unobserve_all{watcher, me(), all});
  }

  // -- what homes are asked --------------------------------------------------

  /// First in which groups the watcher is, at their home: rights follow from
  /// it.
  void ask_homes(const watch_round_ptr& round, std::vector<std::string> users) {
    ask_groups(
        round->watcher,
        [this, round, users](const member_groups& in) {
          auto homes_of = by_home(users);
          round->left = homes_of.size();
          for (auto& [partition, all] : homes_of)
            observe(partition,
                    {round->watcher, round->session ? me() : caf::actor{},
                     in.all, all},
                    round->session, [this, round](const seen_all* seen) {
                      if (seen)
                        note(*round, *seen);
                      if (--round->left == 0)
                        finish(*round);
                    });
        },
        [this, round, users] {
          if (round->session)
            for (const auto& [partition, all] : by_home(users))
              renew_later(partition, round->watcher);
          finish(*round);
        });
  }

  template <class Then, class Else>
  void ask_groups(const std::string& watcher, Then then, Else failed) {
    self->request(node->home(watcher), ask_timeout, to_user{watcher},
                  get_groups{})
        .then([then](const member_groups& in) { then(in); },
              [failed](const caf::error&) { failed(); });
  }

  /// All that one watches at a home is one question. What is not answered is
  /// asked again, until it is or nobody wants to know.
  /// @param waits the session that gets what is answered as a reply; or null.
  template <class Done>
  void observe(uint16_t partition, observe_all what, const caf::actor& waits,
               Done done) {
    auto name = to_presence{what.users.front()};
    self->request(node->partitions[partition], ask_timeout, std::move(name),
                  what)
        .then(
            [this, partition, what, waits, done](const seen_all& x) {
              take(partition, what, x, waits);
              done(&x);
            },
            [this, partition, what, done](const caf::error&) {
              if (what.hub)
                renew_later(partition, what.watcher);
              done(nullptr);
            });
  }

  /// An answer to a question about a session's list: who is left out is not to
  /// be seen by the watcher.
  void take(uint16_t partition, const observe_all& asked, const seen_all& x,
            const caf::actor& waits) {
    if (!asked.hub || !is_current(partition, x.epoch))
      return;
    follow(partition);
    std::set<std::string> visible;
    std::vector<std::string> unwanted;
    for (const auto& item : x.items) {
      if (!item.follows)
        continue;
      visible.insert(item.user);
      const auto was = watched.granted({asked.watcher, item.user});
      if (!watched.grant({asked.watcher, item.user})) {
        unwanted.push_back(item.user);
        continue;
      }
      const auto known = watched.known(item.user);
      tell(item.user,
           item.certain || !known
               ? table::knowledge{static_cast<presence_status>(item.status),
                                  item.last_active}
               : *known,
           was ? std::string{} : asked.watcher, waits);
    }
    for (const auto& user : asked.users)
      if (visible.count(user) == 0) {
        if (!watched.wants({asked.watcher, user}))
          unwanted.push_back(user);
        hide(user, asked.watcher);
      }
    if (!unwanted.empty())
      unobserve(asked.watcher, unwanted);
  }

  void note(watch_round& round, const seen_all& x) {
    for (const auto& item : x.items)
      round.seen[item.user] = {item.user,
                               static_cast<presence_status>(item.status),
                               item.last_active};
  }

  /// What is told later counts over what was answered: it is told last.
  void finish(const watch_round& round) {
    std::vector<presence_item> items;
    for (const auto& user : round.users) {
      auto item = presence_item{user, presence_status::offline, 0};
      if (auto seen = round.seen.find(user); seen != round.seen.end())
        item = seen->second;
      if (round.session && watched.granted({round.watcher, user}))
        if (auto known = watched.known(user))
          item = {user, known->is, current(*known)};
      items.push_back(std::move(item));
    }
    auto promise = round.promise;
    promise.deliver(answer{
        shared_bytes{"\"items\":" + protocol::encode_presence_items(items)}});
  }

  timestamp current(const table::knowledge& x) const {
    return x.is == presence_status::online ? node->clock->now() : x.last_active;
  }

  // -- what homes tell -------------------------------------------------------

  struct source {
    uint64_t epoch = 0;
    caf::actor_addr tracker; ///< That answered last; it is monitored.
  };

  /// A leader that was deposed may be heard of late.
  bool is_current(uint16_t partition, uint64_t epoch) {
    auto& at = homes[partition];
    if (epoch < at.epoch)
      return false;
    at.epoch = epoch;
    return true;
  }

  /// Whoever answered forgets this hub when it ends, however that comes.
  void follow(uint16_t partition) {
    auto tracker = caf::actor_cast<caf::actor>(self->current_sender());
    auto& at = homes[partition];
    if (!tracker || at.tracker == tracker.address())
      return;
    if (at.tracker)
      self->demonitor(at.tracker);
    at.tracker = tracker.address();
    self->monitor(tracker);
  }

  void on_news(const presence_news& x) {
    for (const auto& news : x.all)
      if (is_current(partition_of(news.user), x.epoch))
        tell(news.user,
             {static_cast<presence_status>(news.status), news.last_active});
  }

  /// @param newly a watcher who may see the user from now on.
  /// @param but a session that hears of it otherwise.
  void tell(const std::string& user, const table::knowledge& now,
            const std::string& newly = {}, const caf::actor& but = {}) {
    auto whom = watched.know(user, now, newly);
    std::erase(whom, but);
    if (!whom.empty())
      say({user, now.is, now.last_active}, whom);
  }

  void hide(const std::string& user, const std::string& watcher) {
    say({user, presence_status::offline, 0}, watched.refuse({watcher, user}));
  }

  void say(const presence_item& what, const std::vector<caf::actor>& whom) {
    auto news = caf::make_message(
        ephemeral{shared_bytes{protocol::encode_presence({what})}});
    for (const auto& session : whom)
      session->enqueue(nullptr, caf::make_message_id(), news, self->context());
  }

  // -- asking anew -----------------------------------------------------------

  /// A partition has another leader, who does not know this hub.
  void renew_all(uint16_t partition) {
    for (const auto& watcher : watched.watchers_in(partition))
      to_renew.emplace(partition, watcher);
    renew_some();
  }

  /// The watcher may see more than before.
  void on_recheck(const std::string& watcher) {
    for (auto partition : watched.partitions_refused(watcher))
      to_renew.emplace(partition, watcher);
    renew_some();
  }

  void renew_later(uint16_t partition, const std::string& watcher) {
    overdue.emplace(partition, watcher);
    if (std::exchange(timer, true))
      return;
    self->delayed_send(self, renew_after, pump{});
  }

  void on_pump() {
    timer = false;
    to_renew.merge(std::exchange(overdue, {}));
    renew_some();
  }

  /// So many at a time: after a change of leaders there may be many.
  void renew_some() {
    while (renewing < renewing_max && !to_renew.empty()) {
      auto [partition, watcher] = *to_renew.begin();
      to_renew.erase(to_renew.begin());
      auto users = watched.watched_by(partition, watcher);
      if (users.empty())
        continue;
      ++renewing;
      renew(partition, watcher, std::move(users));
    }
  }

  void renew(uint16_t partition, const std::string& watcher,
             std::vector<std::string> users) {
    auto done = [this](auto...) {
      --renewing;
      renew_some();
    };
    ask_groups(
        watcher,
        [=, this](const member_groups& in) {
          observe(partition, {watcher, me(), in.all, users}, {}, done);
        },
        [=, this] {
          renew_later(partition, watcher);
          done();
        });
  }

  /// This hub fails, and with it what its sessions are told. Their clients
  /// connect again, and watch anew.
  void send_sessions_away() {
    for (const auto& [address, session] : sessions)
      self->send(session, end_session{static_cast<uint16_t>(
                              protocol::close_code::draining)});
  }

  caf::actor me() const { return caf::actor_cast<caf::actor>(self); }

  caf::stateful_actor<hub_state>* self;
  context_ptr node;
  table watched;
  std::map<caf::actor_addr, caf::actor> sessions; ///< That watch anybody.
  std::map<uint16_t, source> homes;

  using subscription = std::pair<uint16_t, std::string>; ///< Of a watcher.
  std::set<subscription> to_renew;
  std::set<subscription> overdue; ///< To be asked for at the next pump.
  size_t renewing = 0;
  bool timer = false;
};

caf::behavior hub_actor(caf::stateful_actor<hub_state>* self,
                        context_ptr node) {
  auto& s = self->state;
  ignore_strays(self);
  self->set_down_handler(
      [self](const caf::down_msg& x) { self->state.on_down(x); });
  self->set_exit_handler([self](const caf::exit_msg& x) {
    if (x.reason != caf::exit_reason::user_shutdown)
      self->state.send_sessions_away();
    self->quit(x.reason);
  });
  self->set_exception_handler([self](std::exception_ptr&) -> caf::error {
    self->state.send_sessions_away();
    return caf::exit_reason::unhandled_exception;
  });
  s.node = std::move(node);
  return {
      [&s](const to_user& who, const watch& x) {
        return s.on_watch(who.name, x);
      },
      [&s](const presence_news& x) { s.on_news(x); },
      [&s](const presence_hidden& x) { s.hide(x.user, x.watcher); },
      [&s](const to_user& who, const recheck&) { s.on_recheck(who.name); },
      [&s](const home_moved& x) { s.renew_all(x.partition); },
      [&s](const pump&) { s.on_pump(); },
  };
}

} // namespace

caf::actor spawn_watch_hub(caf::actor_system& sys, context_ptr node) {
  return sys.spawn(hub_actor, std::move(node));
}

} // namespace parley
