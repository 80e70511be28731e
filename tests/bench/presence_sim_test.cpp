#include "contact_graph.hpp"
#include "presence_sim.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <string>

using namespace parley::bench;

namespace {

/// Few users with much going on: within the hour, half of the nodes are lost.
presence_settings small(uint64_t seed) {
  presence_settings x;
  x.users = 400;
  x.nodes = 8;
  x.regions = 2;
  x.seed = seed;
  x.duration = 3600;
  x.visits_per_day = 100;
  x.visit = 300;
  x.busiest = 0;
  x.drops_per_hour = 20;
  x.contacts = 6;
  x.write_interval = 120;
  x.rate_max = 2;
  x.lost_nodes = 4;
  x.lost_at = 1800;
  x.sample = 1;
  return x;
}

/// What each connected client believes of those whom it watches.
struct clients : presence_observer {
  explicit clients(const presence_settings& by) : graph{by} {}

  /// Two layers of a small graph may pair the same two users.
  bool paired_twice(uint32_t user, uint32_t with) const {
    auto times = 0;
    graph.each(user, [&](uint32_t other) { times += other == with; });
    return times > 1;
  }

  void connected(uint32_t user, bool now) override {
    if (now)
      online.insert(user);
    else
      online.erase(user);
    known.erase(user);
  }
  void seen(uint32_t watcher, uint32_t user, bool is) override {
    known[watcher][user] = is;
  }
  void told(uint32_t watcher, uint32_t user, bool is) override {
    ++notifications;
    // A client is told nothing that it knew, and nothing of strangers.
    odd += known[watcher].count(user) == 0
           || (known[watcher][user] == is && !paired_twice(watcher, user));
    known[watcher][user] = is;
  }

  contact_graph graph;
  std::set<uint32_t> online;
  std::map<uint32_t, std::map<uint32_t, bool>> known;
  uint64_t notifications = 0;
  uint64_t odd = 0;
};

bool at_most(const rate& x, const rate& y) {
  return x.mean <= y.mean && x.most <= y.most;
}

} // namespace

TEST_CASE("contacts are mutual, and as many as wanted") {
  presence_settings by;
  by.users = 20'000;
  contact_graph graph{by};
  uint64_t all = 0;
  uint64_t one_sided = 0;
  uint64_t local = 0;
  for (uint32_t user = 0; user < by.users; ++user)
    graph.each(user, [&](uint32_t other) {
      ++all;
      local += other % by.regions == user % by.regions;
      bool back = false;
      graph.each(other, [&](uint32_t x) { back |= x == user; });
      one_sided += !back;
    });
  CHECK(one_sided == 0);
  // The mean of this log-normal is 15 * exp(0.9 * 0.9 / 2) = 22.5.
  CHECK(graph.mean_degree() == doctest::Approx(22.5).epsilon(0.02));
  CHECK(static_cast<double>(all)
        == doctest::Approx(graph.mean_degree() * by.users).epsilon(0.01));
  // 0.8 by the setting, and an eighth of the rest by chance.
  CHECK(static_cast<double>(local) / static_cast<double>(all)
        == doctest::Approx(0.825).epsilon(0.05));
}

TEST_CASE("each client ends with the right status of all whom it watches") {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    auto by = small(seed);
    clients all{by};
    auto result = simulate(by, &all);
    uint64_t wrong = 0;
    for (auto watcher : all.online)
      all.graph.each(watcher, [&](uint32_t user) {
        wrong += all.known[watcher][user] != (all.online.count(user) != 0);
      });
    CHECK(wrong == 0);
    CHECK(all.odd == 0);
    CHECK(all.notifications > 0);
    CHECK(result.lost_sessions > 0);
    CHECK(result.loss_told_after > 0);
  }
}

TEST_CASE("folded and coalesced is never more than plain") {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    auto x = simulate(small(seed));
    CHECK(x.folded.changes.mean < x.plain.changes.mean);
    CHECK(x.folded.writes.mean < x.plain.writes.mean);
    CHECK(x.folded.news.mean <= x.folded.notifications.mean);
    CHECK(x.folded.news.mean < x.plain.news.mean);
    CHECK(x.folded.watches.mean < x.plain.watches.mean);
    CHECK(at_most(x.folded.beats, x.plain.beats));
  }
}

TEST_CASE("no node tells more changes in a second than it may") {
  auto by = small(1);
  auto bounded = simulate(by);
  CHECK(bounded.node_changes_most == by.rate_max);
  CHECK(bounded.waiting_most > 0);
  CHECK(bounded.waiting_most <= by.users);
  by.rate_max = 1000;
  auto free = simulate(by);
  CHECK(free.node_changes_most > 2);
  CHECK(free.waiting_most == 0);
  CHECK(free.loss_told_after < bounded.loss_told_after);
  CHECK(free.loss_told_after >= by.beat_interval * by.missed_beats);
}

TEST_CASE("a connection that is back soon says nothing") {
  auto by = small(3);
  by.lost_nodes = 0;
  by.drop = 0.5;
  by.visits_per_day = 0.01;
  by.visit = 8e6;
  by.coalesce = 60;
  auto x = simulate(by);
  CHECK(x.online_mean > 100);
  CHECK(x.plain.changes.mean > 1);
  CHECK(x.folded.changes.mean < x.plain.changes.mean / 100);
}

TEST_CASE("who stays is written once in an interval, plain or folded") {
  auto by = small(1);
  by.lost_nodes = 0;
  by.drops_per_hour = 0;
  by.visits_per_day = 0.01;
  by.visit = 8e6;
  auto x = simulate(by);
  auto expected = x.online_mean / by.write_interval;
  CHECK(x.plain.writes.mean == doctest::Approx(expected).epsilon(0.05));
  CHECK(x.folded.writes.mean == doctest::Approx(expected).epsilon(0.05));
}

TEST_CASE("the same seed gives the same traffic, another one does not") {
  auto one = simulate(small(7));
  auto same = simulate(small(7));
  auto other = simulate(small(8));
  CHECK(one.plain.notifications.mean == same.plain.notifications.mean);
  CHECK(one.folded.watches.most == same.folded.watches.most);
  CHECK(one.plain.notifications.mean != other.plain.notifications.mean);
}

TEST_CASE("folded watches by sample are about those that are counted") {
  auto by = small(1);
  by.users = 4000;
  auto all = simulate(by);
  by.sample = 4;
  auto some = simulate(by);
  CHECK(some.folded.watches.mean
        == doctest::Approx(all.folded.watches.mean).epsilon(0.1));
}

TEST_CASE("settings that make no sense are refused") {
  auto refused = [](auto change) {
    presence_settings x;
    change(x);
    try {
      check(x);
    } catch (const std::runtime_error& error) {
      return std::string{error.what()};
    }
    return std::string{};
  };
  using settings = presence_settings;
  CHECK(refused([](settings&) {}).empty());
  CHECK(refused([](settings& x) { x.regions = 7; }).starts_with("regions"));
  CHECK(refused([](settings& x) {
          x.lost_nodes = 64;
        }).starts_with("lost_nodes"));
  CHECK(refused([](settings& x) {
          x.visit = 86'400;
        }).starts_with("visits_per_day"));
  CHECK(refused([](settings& x) { x.users = 0; }).starts_with("users"));
  CHECK(refused([](settings& x) {
          x.rate_max = 0;
        }).starts_with("write_interval, rate_max"));
  CHECK_THROWS_AS(simulate([] {
                    settings x;
                    x.nodes = 0;
                    return x;
                  }()),
                  std::runtime_error);
}
