#include "actors/device.hpp"
#include "actors/pair_of_users.hpp"
#include "actors/stored.hpp"

#include <doctest/doctest.h>

#include <list>
#include <set>
#include <string>
#include <vector>

using namespace parley;
using namespace parley::test;
using std::chrono::seconds;

namespace {

/// A group of olga, ann, ben and cyd; dan stands outside. Each has a phone that
/// was there from the start.
struct crowd {
  explicit crowd(config::settings with = calm_settings(), uint64_t seed = 1)
      : n(std::move(with), seed) {
    const std::vector<std::string> names{"olga", "ann", "ben", "cyd", "dan"};
    n.register_users(names);
    for (const auto& name : names) {
      phones.emplace_back(name, "phone", records);
      records.complete_devices.push_back({name, "phone"});
    }
    reconnect();
    n.done(n.create_group("olga", group, {"ann", "ben", "cyd"}));
    look();
  }

  device& olga() { return phones.front(); }

  void reconnect() {
    for (auto& x : phones)
      x.connect(n);
    look();
  }

  /// Lets everything come to rest and the phones read all that there is.
  void look() {
    for (int i = 0; i < 3; ++i) {
      n.run();
      for (auto& x : phones)
        x.look();
    }
  }

  /// What contradicts an invariant, as text; empty if nothing does.
  std::string verdict() {
    std::string all;
    for (auto& x : phones) {
      for (const auto& what : x.surprises())
        all += x.user() + ": " + what + "\n";
      if (!x.is_settled())
        all += x.user() + " waits for an answer\n";
      auto reader = n.connect(x.user(), "reader");
      for (const auto* conv : {group.c_str(), "dm:dan:olga"})
        if (auto read = read_history(*reader, conv))
          records.histories.push_back(std::move(*read));
    }
    return all + to_string(check(records));
  }

  node n;
  client_records records;
  std::list<device> phones;
};

/// Posts between changes of who is a member. Each waits until the one before
/// is committed, and no more; all of it takes `steps` at most.
/// @returns how many were left.
int change_much(crowd& x, int steps) {
  auto& olga = x.olga();
  auto goes_on = [&](uint64_t seq) {
    while (steps > 0 && stored_last(x.n, group) < seq) {
      REQUIRE(x.n.step());
      --steps;
    }
    return steps > 0;
  };
  olga.post(group, "to the first members");
  x.n.remove_member("olga", group, "ben");
  olga.post(group, "without ben");
  x.n.add_members("olga", group, {"ben"});
  if (!goes_on(5))
    return 0;
  olga.post(group, "with ben again");
  x.n.remove_member("cyd", group, "cyd");
  x.n.add_members("olga", group, {"dan"});
  if (!goes_on(8))
    return 0;
  olga.post(group, "without cyd, with dan");
  x.n.remove_member("olga", group, "ben");
  x.n.rename_group("olga", group, "renamed");
  olga.post(group, "without ben for good");
  while (steps > 0 && x.n.step())
    --steps;
  return steps;
}

/// How many steps it takes until all is done without a crash.
int steps_of_a_quiet_run() {
  constexpr int enough = 100'000;
  crowd x;
  const auto steps = enough - change_much(x, enough);
  x.look();
  REQUIRE(x.verdict().empty());
  REQUIRE(stored_last(x.n, group) == 12);
  return steps;
}

} // namespace

TEST_CASE("wherever the node stops, everyone gets exactly what was addressed "
          "to them (I1, I4, I7)") {
  const auto all = steps_of_a_quiet_run();
  REQUIRE(all > 50);
  std::set<uint64_t> lengths;
  for (int steps = 0; steps <= all; ++steps) {
    CAPTURE(steps);
    crowd x;
    change_much(x, steps);
    for (auto& phone : x.phones)
      phone.look();
    x.n.restart();
    lengths.insert(stored_last(x.n, group));
    x.reconnect();
    CHECK(x.verdict() == "");
  }
  CHECK(lengths.size() > 5); // The node did stop in the midst of it.
}

TEST_CASE("a replay that is cut off by a second crash is taken up again (I4, "
          "I7)") {
  const auto all = steps_of_a_quiet_run();
  for (int first = 20; first < all; first += 11)
    for (int second = 0; second < 60; second += 7) {
      CAPTURE(first);
      CAPTURE(second);
      crowd x;
      change_much(x, first);
      for (auto& phone : x.phones)
        phone.look();
      x.n.restart();
      for (auto& phone : x.phones)
        phone.connect(x.n);
      for (int i = 0; i < second; ++i)
        x.n.step();
      for (auto& phone : x.phones)
        phone.look();
      x.n.restart();
      x.reconnect();
      CHECK(x.verdict() == "");
    }
}

TEST_CASE("new messages during a replay come behind it (I4)") {
  crowd x;
  for (int i = 0; i < 700; ++i)
    x.olga().post(group, "before");
  while (stored_last(x.n, group) < 701)
    REQUIRE(x.n.step());
  x.n.restart();
  for (auto& phone : x.phones)
    phone.connect(x.n);
  for (int i = 0; i < 50; ++i) {
    x.phones.back().post("dm:dan:olga", "elsewhere");
    x.olga().post(group, "during");
    for (int j = 0; j < 20; ++j)
      x.n.step();
    for (auto& phone : x.phones)
      phone.look();
  }
  x.look();
  CHECK(stored_last(x.n, group) == 751);
  CHECK(x.verdict() == "");
}

TEST_CASE("a group that was deleted before a crash tells everyone so after it "
          "(I4)") {
  crowd x;
  x.olga().post(group, "last words");
  x.n.delete_group("olga", group);
  while (stored_last(x.n, group) < 3)
    REQUIRE(x.n.step());
  x.n.restart();
  x.reconnect();
  CHECK(x.verdict() == "");
  for (const auto* name : {"olga", "ann", "ben", "cyd"}) {
    auto reader = x.n.connect(name, "other", 0);
    x.n.run();
    const auto events = reader->events();
    REQUIRE(events.size() == 3);
    CHECK(includes(events.back(), {{"t", "group"}, {"deleted", true}}));
  }
}

TEST_CASE("what happens after their removal shows in nothing that a former "
          "member gets (I7)") {
  crowd x;
  x.olga().post(group, "original");
  x.look();
  json::object edit{{"t", "edit"},
                    {"id", 900},
                    {"conv", group},
                    {"seq", 2},
                    {"body", "changed after the removal"}};
  auto writer = x.n.connect("olga", "laptop");
  auto expect_original = [&] {
    auto fresh = x.n.connect("ben", "laptop", 0);
    x.n.run();
    const auto seen = find(fresh->events(), {{"t", "msg"}, {"seq", 2}});
    CHECK(text_of(seen, "body") == "original");
    const auto list = objects_of(
        fresh->request({{"t", "conversations"}, {"limit", 10}}), "items");
    const auto here = find(list, {{"conv", group}});
    CHECK(text_of(object_of(here, "last"), "body") == "original");
    const auto page = fresh->request({{"t", "history"}, {"conv", group}});
    CHECK(text_of(objects_of(page, "items").at(1), "body") == "original");
  };
  SUBCASE("when the inbox is read again") {
    x.n.done(x.n.remove_member("olga", group, "ben"));
    CHECK(text_of(writer->request(edit), "t") == "ack");
    expect_original();
  }
  SUBCASE("when the inbox is read again from disk") {
    x.n.done(x.n.remove_member("olga", group, "ben"));
    CHECK(text_of(writer->request(edit), "t") == "ack");
    x.n.restart();
    expect_original();
  }
}

TEST_CASE("what happened after their removal shows in nothing that a replay "
          "brings a former member (I7)") {
  auto replays = 0;
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    CAPTURE(seed);
    crowd x{calm_settings(), seed};
    auto writer = x.n.connect("olga", "laptop");
    json::object edit{{"t", "edit"},
                      {"id", 900},
                      {"conv", group},
                      {"seq", 2},
                      {"body", "changed after the removal"}};
    x.olga().post(group, "original");
    while (stored_last(x.n, group) < 2)
      REQUIRE(x.n.step_by_chance());
    x.n.remove_member("olga", group, "ben");
    while (stored_last(x.n, group) < 3)
      REQUIRE(x.n.step_by_chance());
    writer->say(edit);
    while (stored_last(x.n, group) < 4)
      REQUIRE(x.n.step_by_chance());
    replays += stored_inbox(x.n, "ben").size() < 3;
    x.n.restart();
    x.n.run();
    auto fresh = x.n.connect("ben", "laptop", 0);
    x.n.run();
    const auto events = fresh->events();
    REQUIRE(events.size() == 3);
    CHECK(text_of(events[1], "body") == "original");
    CHECK_FALSE(events[1].contains("edited_ts"));
    CHECK(includes(events[2], {{"t", "member"}, {"user", "ben"}}));
  }
  CHECK(replays > 0);
}

TEST_CASE("who comes back sees what was changed meanwhile") {
  crowd x;
  x.olga().post(group, "original");
  x.look();
  x.n.done(x.n.remove_member("olga", group, "ben"));
  auto writer = x.n.connect("olga", "laptop");
  writer->request(
      {{"t", "edit"}, {"conv", group}, {"seq", 2}, {"body", "changed"}});
  x.n.done(x.n.add_members("olga", group, {"ben"}));
  auto fresh = x.n.connect("ben", "laptop", 0);
  x.n.run();
  const auto seen = find(fresh->events(), {{"t", "msg"}, {"seq", 2}});
  CHECK(text_of(seen, "body") == "changed");
}
