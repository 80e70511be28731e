#include "presence_sim.hpp"

#include "contact_graph.hpp"
#include "presence_meter.hpp"
#include "random.hpp"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <numbers>

namespace parley::bench {

namespace {

class simulation {
public:
  simulation(const presence_settings& by, presence_observer* observer)
      : by_{by},
        observer_{observer},
        random_{by.seed},
        graph_{by},
        people_(by.users),
        due_moves_(by.duration),
        due_checks_(std::max(by.coalesce, detection()) + 1),
        returns_(by.duration),
        homes_(by.nodes) {}

  presence_result run();

private:
  enum flag : uint8_t {
    told = 1,    ///< Trackers say: online.
    waiting = 2, ///< A check is due, or waits for its turn.
    dropped = 4, ///< Lost the connection, and comes back.
    lost = 8,    ///< Lost its node, and tries others.
    counted = 16 ///< Of the lost node's, and not checked yet.
  };

  uint32_t detection() const { return by_.beat_interval * by_.missed_beats; }
  bool has(uint32_t user, flag x) const {
    return (people_[user].flags & x) != 0;
  }
  void set(uint32_t user, flag x) { people_[user].flags |= x; }
  void clear(uint32_t user, flag x) {
    people_[user].flags = static_cast<uint8_t>(people_[user].flags & ~x);
  }

  /// Where a user's tracker is.
  uint32_t home(uint32_t user) const {
    return static_cast<uint32_t>(
        (static_cast<uint64_t>(user * 0x9e3779b1U) * by_.nodes) >> 32);
  }
  bool is_dead(uint32_t node) const {
    return now_ >= by_.lost_at && node < by_.lost_nodes;
  }

  void populate();
  void step();
  void move(uint32_t user);
  void schedule_end(uint32_t user);
  void schedule_visit(uint32_t user);
  void schedule(uint32_t user, double after);
  uint32_t pick_node(uint32_t user);
  void connect(uint32_t user);
  void disconnect(uint32_t user);
  void changed(uint32_t user, uint32_t node, uint32_t watch_messages);
  void count_watches(uint32_t user, uint32_t node, uint32_t messages);
  bool is_watched_from(uint32_t node, uint32_t user, uint32_t but);
  void lose_nodes();
  void await_check(uint32_t user, uint32_t delay);
  void check_due();
  bool tell(uint32_t user);
  void count_told(uint32_t user);
  void write_rows();
  void record();

  const presence_settings& by_;
  presence_observer* observer_;
  random_source random_;
  contact_graph graph_;

  std::vector<person> people_;
  std::vector<heap_of_users> due_moves_;       ///< By second.
  std::vector<row_of_users> due_checks_;       ///< By second, around.
  std::vector<std::vector<uint32_t>> returns_; ///< Of the lost, by second.
  std::vector<row_of_users> homes_; ///< Checks that wait for their turn.

  uint32_t now_ = 0;
  uint32_t online_ = 0;
  uint64_t waiting_count_ = 0;
  uint32_t lost_count_ = 0;
  uint64_t moved_ = 0;         ///< Connects and ends of connections,
  uint64_t told_ = 0;          ///< and changes told, of which some are
  uint64_t watchers_told_ = 0; ///< looked at for who watches.
  double online_sum_ = 0;
  counts plain_;
  counts folded_;
  load_meter plain_meter_;
  load_meter folded_meter_;
  presence_result result_;
};

/// As the first second would find them after many days.
void simulation::populate() {
  auto away = seconds_of_day / by_.visits_per_day - by_.visit;
  auto here_now =
      1
      + by_.daily_swing
            * std::cos(2 * std::numbers::pi * by_.busiest / seconds_of_day);
  auto share = by_.visit / (by_.visit + away / here_now);
  for (uint32_t user = 0; user < by_.users; ++user) {
    people_[user].written = random_.below(by_.write_interval);
    if (random_.unit() >= share) {
      schedule_visit(user);
      continue;
    }
    people_[user].where = static_cast<uint16_t>(pick_node(user) + 1);
    set(user, told);
    ++online_;
    schedule_end(user);
  }
  if (observer_ == nullptr)
    return;
  for (uint32_t user = 0; user < by_.users; ++user)
    if (people_[user].where != 0) {
      observer_->connected(user, true);
      graph_.each(user, [&](uint32_t other) {
        observer_->seen(user, other, has(other, told));
      });
    }
}

void simulation::schedule(uint32_t user, double after) {
  auto when = now_ + std::max(after, 1.0);
  if (when < by_.duration)
    due_moves_[static_cast<uint32_t>(when)].push(user, people_);
}

/// The next visit, by thinning: arrivals come and go with the time of the day.
void simulation::schedule_visit(uint32_t user) {
  auto away = seconds_of_day / by_.visits_per_day - by_.visit;
  auto most = 1 + by_.daily_swing;
  double after = 0;
  double level = 0;
  do {
    after += random_.exponential(away / most);
    auto angle =
        2 * std::numbers::pi * (now_ + after - by_.busiest) / seconds_of_day;
    level = 1 + by_.daily_swing * std::cos(angle);
  } while (random_.unit() * most >= level && now_ + after < by_.duration);
  schedule(user, after);
}

/// The end of the visit or of the connection, whichever is first.
void simulation::schedule_end(uint32_t user) {
  auto ends = 1 / by_.visit;
  auto drops = by_.drops_per_hour / 3600;
  schedule(user, random_.exponential(1 / (ends + drops)));
}

uint32_t simulation::pick_node(uint32_t user) {
  auto per_region = by_.nodes / by_.regions;
  auto first = random_.below(per_region);
  for (uint32_t i = 0; i < per_region; ++i) {
    auto node = user % by_.regions + by_.regions * ((first + i) % per_region);
    if (!is_dead(node))
      return node;
  }
  // The whole region is lost; the dead are the first numbers.
  return by_.lost_nodes + random_.below(by_.nodes - by_.lost_nodes);
}

void simulation::connect(uint32_t user) {
  auto node = pick_node(user);
  people_[user].where = static_cast<uint16_t>(node + 1);
  ++online_;
  changed(user, node, 2);
  await_check(user, by_.coalesce);
  if (observer_ == nullptr)
    return;
  observer_->connected(user, true);
  graph_.each(user, [&](uint32_t other) {
    observer_->seen(user, other, has(other, told));
  });
}

void simulation::disconnect(uint32_t user) {
  auto node = people_[user].where - 1U;
  people_[user].where = 0;
  --online_;
  changed(user, node, 1);
  await_check(user, by_.coalesce);
  if (observer_ != nullptr)
    observer_->connected(user, false);
}

/// What a connect or its end costs at once.
/// @param watch_messages for each user that is, or was, watched.
void simulation::changed(uint32_t user, uint32_t node,
                         uint32_t watch_messages) {
  ++plain_.changes;
  ++plain_.writes;
  if (++moved_ % by_.sample != 0)
    return;
  auto from = home(user);
  graph_.each(user, [&](uint32_t other) {
    auto at = people_[other].where;
    plain_.notifications += at != 0 ? by_.sample : 0;
    plain_.news += at != 0 && at - 1U != from ? by_.sample : 0;
    plain_.watches += home(other) != node ? watch_messages * by_.sample : 0;
  });
  // This looks at contacts of contacts.
  if (moved_ / by_.sample % by_.sample == 0)
    count_watches(user, node, watch_messages);
}

/// Folded, a node asks for a user once, for all its sessions.
void simulation::count_watches(uint32_t user, uint32_t node,
                               uint32_t messages) {
  graph_.each(user, [&](uint32_t other) {
    if (home(other) != node && !is_watched_from(node, other, user))
      folded_.watches += messages * by_.sample * by_.sample;
  });
}

bool simulation::is_watched_from(uint32_t node, uint32_t user, uint32_t but) {
  bool result = false;
  graph_.each(user, [&](uint32_t other) {
    result |= other != but && people_[other].where == node + 1;
  });
  return result;
}

void simulation::await_check(uint32_t user, uint32_t delay) {
  if (has(user, waiting))
    return;
  set(user, waiting);
  ++waiting_count_;
  due_checks_[(now_ + delay) % due_checks_.size()].push(user, people_);
}

void simulation::move(uint32_t user) {
  auto drops = by_.drops_per_hour / 3600;
  auto is_drop = random_.unit() < drops / (drops + 1 / by_.visit);
  if (has(user, lost)) {
    // Still without a node. Whoever would have gone has gone now.
    if (is_drop)
      return schedule_end(user);
    clear(user, lost);
    return schedule_visit(user);
  }
  if (people_[user].where == 0) {
    clear(user, dropped);
    connect(user);
    return schedule_end(user);
  }
  disconnect(user);
  if (!is_drop)
    return schedule_visit(user);
  set(user, dropped);
  schedule(user, random_.exponential(by_.drop));
}

void simulation::lose_nodes() {
  std::vector<std::pair<uint32_t, uint32_t>> gone;
  for (uint32_t user = 0; user < by_.users; ++user)
    if (people_[user].where != 0 && people_[user].where <= by_.lost_nodes) {
      gone.emplace_back(user, people_[user].where - 1U);
      people_[user].where = 0;
    }
  online_ -= static_cast<uint32_t>(gone.size());
  result_.lost_sessions = static_cast<uint32_t>(gone.size());
  for (auto [user, node] : gone) {
    changed(user, node, 1);
    await_check(user, detection());
    set(user, lost);
    set(user, counted);
    ++lost_count_;
    auto back = now_ + 1 + random_.exponential(by_.reconnect);
    if (back < by_.duration)
      returns_[static_cast<uint32_t>(back)].push_back(user);
    if (observer_ != nullptr)
      observer_->connected(user, false);
  }
}

/// @returns whether there was something to tell.
bool simulation::tell(uint32_t user) {
  clear(user, waiting);
  --waiting_count_;
  if (has(user, counted)) {
    clear(user, counted);
    if (--lost_count_ == 0)
      result_.loss_told_after = now_ - by_.lost_at;
  }
  auto online = people_[user].where != 0;
  if (online == has(user, told))
    return false;
  people_[user].flags ^= told;
  people_[user].written = now_ + by_.write_interval;
  ++folded_.changes;
  ++folded_.writes;
  if (observer_ != nullptr)
    graph_.each(user, [&](uint32_t other) {
      if (people_[other].where != 0)
        observer_->told(other, user, online);
    });
  if (++told_ % by_.sample == 0)
    count_told(user);
  return true;
}

void simulation::count_told(uint32_t user) {
  std::bitset<presence_nodes_max + 1> nodes;
  uint32_t watchers = 0;
  graph_.each(user, [&](uint32_t other) {
    auto at = people_[other].where;
    watchers += at != 0;
    nodes.set(at);
  });
  nodes.reset(0);
  nodes.reset(home(user) + 1);
  folded_.news += nodes.count() * by_.sample;
  folded_.notifications += uint64_t{watchers} * by_.sample;
  watchers_told_ += watchers;
}

void simulation::check_due() {
  auto& due = due_checks_[now_ % due_checks_.size()];
  while (due.first != nobody) {
    auto user = due.pop(people_);
    homes_[home(user)].push(user, people_);
  }
  for (auto& each : homes_) {
    uint32_t done = 0;
    while (each.first != nobody && done < by_.rate_max)
      done += tell(each.pop(people_));
    result_.node_changes_most = std::max(result_.node_changes_most, done);
    result_.waiting_most = std::max(result_.waiting_most, each.size);
  }
}

/// Rows of those who stay: each user has a turn in every interval. Plain, all
/// who are connected are written; folded, who was not within an interval.
void simulation::write_rows() {
  // Neighbours together, which is ten times as quick as every so many users.
  auto bound = [&](uint32_t turn) {
    return static_cast<uint32_t>(uint64_t{turn} * by_.users
                                 / by_.write_interval);
  };
  auto turn = now_ % by_.write_interval;
  for (auto user = bound(turn); user < bound(turn + 1); ++user) {
    if (people_[user].where == 0)
      continue;
    ++plain_.writes;
    if (now_ < people_[user].written)
      continue;
    ++folded_.writes;
    people_[user].written = now_ + by_.write_interval;
  }
}

void simulation::record() {
  auto after = by_.lost_nodes > 0 && now_ >= by_.lost_at;
  double nodes = by_.nodes - (after ? by_.lost_nodes : 0);
  plain_.beats = online_ * (1 - 1 / nodes) / by_.beat_interval;
  folded_.beats = nodes * (nodes - 1) / by_.beat_interval;
  plain_meter_.add(plain_, after);
  folded_meter_.add(folded_, after);
  plain_ = {};
  folded_ = {};
  online_sum_ += online_;
  result_.online_most = std::max(result_.online_most, online_);
}

void simulation::step() {
  if (by_.lost_nodes > 0 && now_ == by_.lost_at)
    lose_nodes();
  auto& due = due_moves_[now_];
  while (due.first != nobody)
    move(due.pop(people_));
  for (auto user : returns_[now_])
    if (has(user, lost)) {
      clear(user, lost);
      connect(user);
    }
  check_due();
  write_rows();
  record();
}

presence_result simulation::run() {
  populate();
  for (; now_ < by_.duration; ++now_)
    step();
  // Nobody moves any more; what is still to be told is told.
  for (; waiting_count_ > 0; ++now_)
    check_due();
  result_.online_mean = online_sum_ / by_.duration;
  result_.contacts_mean = graph_.mean_degree();
  if (auto looked = told_ / by_.sample; looked > 0)
    result_.watchers_mean =
        static_cast<double>(watchers_told_) / static_cast<double>(looked);
  result_.plain = plain_meter_.finish(by_.duration);
  result_.folded = folded_meter_.finish(by_.duration);
  return result_;
}

} // namespace

presence_result simulate(const presence_settings& by,
                         presence_observer* observer) {
  check(by);
  return simulation{by, observer}.run();
}

} // namespace parley::bench
