#include "actors/fake_connection.hpp"
#include "actors/pair_of_users.hpp"
#include "actors/presence_seen.hpp"

#include "parley/base/metrics.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// Presence of many, and of people on several nodes.

using namespace parley;
using namespace parley::test;
using std::chrono::seconds;

namespace {

/// Many who are in a group with alice, who watches them.
struct watched_crowd {
  static constexpr int count = 60;

  explicit watched_crowd(config::settings with, size_t members = 1)
      : n(std::move(with), 1, members) {
    n.run();
    if (members > 1)
      n.lead_all(members - 1);
    std::vector<std::string> all;
    for (int i = 0; i < count; ++i)
      all.push_back("user" + std::to_string(i));
    n.register_users({"alice"});
    n.register_users(all);
    n.done(n.create_group("alice", group, all));
    alice = n.connect("alice", "phone");
    if (members > 1)
      n.enter(1);
    for (const auto& user : all)
      there.push_back(n.connect(user, "phone"));
    json::array list;
    for (const auto& user : all)
      list.emplace_back(user);
    n.advance(seconds{30});
    alice->request({{"t", "watch"}, {"users", std::move(list)}});
    n.advance(seconds{30});
    alice->heard();
  }

  node n;
  client_ptr alice;
  std::vector<client_ptr> there;
};

/// Each time that this is asked: how many more rows were written.
struct rows_counted {
  uint64_t before = metrics::value(metrics::counter::presence_rows);
  uint64_t more() {
    auto now = metrics::value(metrics::counter::presence_rows);
    return now - std::exchange(before, now);
  }
};

} // namespace

TEST_CASE("when a node is lost its users go offline at the rate, and only who "
          "does not come back by another") {
  auto with = with_window(seconds{3});
  with.presence.changes_per_s = 100;
  watched_crowd x{with, 3};
  x.n.lose_others(2);
  x.n.advance(seconds{9});
  CHECK(changes(*x.alice).empty());
  x.n.enter(0);
  auto back = x.n.connect("user7", "tablet");
  size_t told = 0;
  for (int i = 0; i < 12; ++i) {
    // The clock of the test goes in seconds, and a tenth of the rate is for
    // each tenth of one.
    x.n.advance(seconds{1});
    const auto now = changes(*x.alice);
    CHECK(now.size() <= 10);
    CHECK(std::count(now.begin(), now.end(), "user7 offline") == 0);
    told += now.size();
  }
  CHECK(told == watched_crowd::count - 1);
}

TEST_CASE("when everybody leaves at once, rows are written at the rate, and no "
          "more wait than may (I8)") {
  auto with = with_window(seconds{3});
  with.presence.writes_per_s = 50;
  with.presence.writes_waiting_max = 40;
  watched_crowd x{with};
  rows_counted rows;
  const auto dropped = metrics::value(metrics::counter::presence_rows_dropped);
  for (auto& c : x.there)
    c->hang_up();
  x.n.run();
  size_t written = 0;
  for (int i = 0; i < 20; ++i) {
    x.n.advance(seconds{1});
    const auto now = rows.more();
    CHECK(now <= 5);
    written += now;
    CHECK(metrics::value(metrics::gauge::presence_rows_waiting) <= 40);
  }
  const auto lost =
      metrics::value(metrics::counter::presence_rows_dropped) - dropped;
  CHECK(lost > 0);
  CHECK(written + lost == watched_crowd::count);
}

// -- a cluster ---------------------------------------------------------------

namespace {

/// Alice, cyd and dan are on the first of three nodes, bob on the second; the
/// third leads everything. Dan is a stranger to bob.
struct spread_people {
  explicit spread_people(config::settings with = calm_settings())
      : n(std::move(with), 1, 3) {
    n.run();
    n.lead_all(2);
    n.register_users({"alice", "bob", "cyd", "dan"});
    n.done(n.create_group("bob", group, {"alice", "cyd"}));
    alice = n.connect("alice", "phone");
    cyd = n.connect("cyd", "phone");
    dan = n.connect("dan", "phone");
    n.advance(seconds{30});
    heard();
  }

  client_ptr connect_bob() {
    n.enter(1);
    auto bob = n.connect("bob", "phone");
    n.run();
    n.enter(0);
    return bob;
  }

  void heard() {
    for (auto* x : {&alice, &cyd, &dan})
      (*x)->heard();
  }

  node n;
  client_ptr alice;
  client_ptr cyd;
  client_ptr dan;
};

} // namespace

TEST_CASE("a node is told once, however many of its sessions watch, and of "
          "them only those hear who may") {
  spread_people x;
  auto tablet = x.n.connect("alice", "tablet");
  for (auto* c : {&x.alice, &x.cyd, &x.dan, &tablet})
    CHECK(status_of(**c, "bob") == "offline");
  x.heard();
  tablet->heard();
  const auto before = metrics::value(metrics::counter::presence_told);
  auto bob = x.connect_bob();
  CHECK(metrics::value(metrics::counter::presence_told) - before == 1);
  CHECK(changes(*x.alice) == texts{"bob online"});
  CHECK(changes(*tablet) == texts{"bob online"});
  CHECK(changes(*x.cyd) == texts{"bob online"});
  CHECK(changes(*x.dan).empty());
}

TEST_CASE("whose rights end sees the user go, and another of the same node "
          "goes on to watch") {
  spread_people x;
  auto bob = x.connect_bob();
  for (auto* c : {&x.alice, &x.cyd})
    CHECK(status_of(**c, "bob") == "online");
  x.heard();
  SUBCASE("by a block") {
    x.n.done(x.n.block("bob", "alice", true));
  }
  SUBCASE("by leaving the group") {
    x.n.done(x.n.remove_member("alice", group, "alice"));
  }
  CHECK(changes(*x.alice) == texts{"bob offline"});
  CHECK(changes(*x.cyd).empty());
  bob->hang_up();
  x.n.run();
  bob = x.connect_bob();
  CHECK(changes(*x.alice).empty());
  CHECK(changes(*x.cyd) == texts{"bob offline", "bob online"});
  CHECK(status_of(*x.alice, "bob") == "offline");
}

TEST_CASE("whoever watched goes on to under another leader") {
  spread_people x;
  CHECK(status_of(*x.alice, "bob") == "offline");
  CHECK(status_of(*x.dan, "bob") == "offline");
  x.heard();
  SUBCASE("on another node") {
    x.n.lead_all(1);
  }
  SUBCASE("on the watcher's own") {
    x.n.lead_all(0);
  }
  SUBCASE("in a new epoch") {
    x.n.lead_all(2);
  }
  SUBCASE("after a time without one") {
    x.n.lead_all(std::nullopt);
    x.n.advance(seconds{3});
    x.n.lead_all(1);
  }
  x.n.advance(seconds{1});
  CHECK(changes(*x.alice).empty());
  auto bob = x.connect_bob();
  CHECK(changes(*x.alice) == texts{"bob online"});
  CHECK(changes(*x.dan).empty());
}

TEST_CASE("a new leader says nothing of who is still there, and in time who is "
          "not") {
  spread_people x{with_window(seconds{3})};
  auto bob = x.connect_bob();
  x.n.advance(seconds{5});
  CHECK(status_of(*x.alice, "bob") == "online");
  x.heard();
  SUBCASE("still there") {
    x.n.lead_all(1);
    x.n.advance(seconds{30});
    CHECK(changes(*x.alice).empty());
    CHECK(status_of(*x.alice, "bob") == "online");
  }
  SUBCASE("gone with a leader whom nobody could ask") {
    bob->connection().cut();
    x.n.lead_all(std::nullopt);
    bob->hang_up();
    x.n.lead_all(0);
    x.n.advance(seconds{9});
    CHECK(changes(*x.alice).empty());
    x.n.advance(seconds{3});
    CHECK(changes(*x.alice) == texts{"bob offline"});
  }
}

TEST_CASE("who left a group before another leads does not see by it what its "
          "member does") {
  spread_people x;
  CHECK(status_of(*x.alice, "bob") == "offline");
  x.n.done(x.n.remove_member("alice", group, "alice"));
  x.heard();
  x.n.lead_all(1);
  auto bob = x.connect_bob();
  CHECK(changes(*x.alice).empty());
}
