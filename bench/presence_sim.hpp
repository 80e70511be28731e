#pragma once

#include <cstdint>
#include <vector>

/// A simulation of the traffic that presence makes between the nodes of a
/// cluster. The same users come, go and lose their connections once; what that
/// costs is counted for two designs side by side.
namespace parley::bench {

constexpr uint32_t seconds_of_day = 24 * 3600;
constexpr uint32_t presence_nodes_max = 1024;

/// Times in seconds.
struct presence_settings {
  uint32_t users = 10'000'000;
  uint32_t nodes = 64;
  uint32_t regions = 8;
  uint64_t seed = 1;
  uint32_t duration = 24 * 3600;

  double visits_per_day = 8;
  double visit = 1500;
  double daily_swing = 0.8;
  double busiest = 20 * 3600;
  double drops_per_hour = 0.5;
  double drop = 8;

  double contacts = 15;
  double contacts_sigma = 0.9;
  double locality = 0.8;

  uint32_t beat_interval = 5;
  uint32_t missed_beats = 3;
  uint32_t coalesce = 10;
  uint32_t write_interval = 900;
  uint32_t rate_max = 200;

  uint32_t lost_nodes = 1;
  uint32_t lost_at = 20 * 3600;
  double reconnect = 30;

  uint32_t sample = 8;
};

/// Calls `f(name, value, meaning)` for each of them.
template <class Settings, class F>
void each_setting(Settings& x, F f) {
  f("users", x.users, "users, each with one session when here");
  f("nodes", x.nodes, "nodes; trackers are spread over all by hash");
  f("regions", x.regions, "of equal size; a user connects to the own one's");
  f("seed", x.seed, "of all that is drawn");
  f("duration", x.duration, "time that is simulated, s, from midnight");
  f("visits-per-day", x.visits_per_day, "of a user, the mean");
  f("visit", x.visit, "mean length of a visit, s; exponential");
  f("daily-swing", x.daily_swing, "arrivals go by 1 + this * cos");
  f("busiest", x.busiest, "time of the day with most arrivals, s");
  f("drops-per-hour", x.drops_per_hour, "of a connection; exponential");
  f("drop", x.drop, "mean time until it is back, s; exponential");
  f("contacts", x.contacts,
    "median of a log-normal, at most 200; both watch each other");
  f("contacts-sigma", x.contacts_sigma, "of its logarithm");
  f("locality", x.locality, "share of contacts in the own region");
  f("beat-interval", x.beat_interval, "of heartbeats, s");
  f("missed-beats", x.missed_beats, "after which a node's users are offline");
  f("coalesce", x.coalesce, "a change is told if it lasts so long, s");
  f("write-interval", x.write_interval, "of last-active rows, s");
  f("rate-max", x.rate_max,
    "changes that the trackers of a node tell in a second");
  f("lost-nodes", x.lost_nodes, "whose sessions break off all at once");
  f("lost-at", x.lost_at, "when they do, s");
  f("reconnect", x.reconnect,
    "mean time until such a client is back, s; exponential");
  f("sample", x.sample,
    "of how many changes one is looked at for who watches; of how many of "
    "these one for who else does on that node");
}

/// @throws std::runtime_error that says what is wrong.
void check(const presence_settings& x);

/// Rates a second: the mean, the most in one second before the loss, and the
/// most from the loss on.
struct rate {
  double mean = 0;
  double most = 0;
  double most_after_loss = 0;
};

/// What one design costs. Messages count if they go between nodes.
struct presence_rates {
  rate changes;       ///< Told by trackers, each once.
  rate notifications; ///< To clients.
  rate news;          ///< Messages that carry changes to watching nodes.
  rate watches;       ///< Messages that begin and end watching.
  rate beats;         ///< Messages that say that sessions are alive.
  rate writes;        ///< Of last-active rows.
};

struct presence_result {
  double online_mean = 0;
  uint32_t online_most = 0;
  uint32_t lost_sessions = 0;
  double contacts_mean = 0;
  double watchers_mean = 0; ///< Connected, of a user whose change is told.
  presence_rates plain;     ///< A message a session, a change at once.
  presence_rates folded;    ///< Folded by node, changes coalesced and bounded.
  uint32_t node_changes_most = 0; ///< Told by one node in one second.
  uint32_t waiting_most = 0; ///< Changes that wait for their turn at one node.
  uint32_t loss_told_after = 0; ///< From the loss until nothing waits.
};

/// What happens, for tests: small ones only, it is called for each watcher.
struct presence_observer {
  virtual ~presence_observer() = default;
  virtual void connected(uint32_t user, bool now) = 0;
  /// `watcher` has connected and gets the status of `user`.
  virtual void seen(uint32_t watcher, uint32_t user, bool online) = 0;
  /// `watcher` is told a change of `user`.
  virtual void told(uint32_t watcher, uint32_t user, bool online) = 0;
};

/// Runs to the end of the time, then on until every change is told. The same
/// settings give the same result.
/// @throws std::runtime_error as check() does.
presence_result simulate(const presence_settings& by,
                         presence_observer* observer = nullptr);

} // namespace parley::bench
