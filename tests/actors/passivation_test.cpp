#include "actors/device.hpp"
#include "actors/pair_of_users.hpp"
#include "actors/stored.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <list>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace parley;
using namespace parley::test;
using std::chrono::seconds;

namespace {

config::settings impatient() {
  auto with = calm_settings();
  with.actors.passivate_after = seconds{1};
  return with;
}

} // namespace

TEST_CASE("who has nothing to do is let go, with and without sessions (I8)") {
  node n;
  n.register_users({"alice", "bob"});
  auto alice = n.connect("alice", "phone");
  auto bob = n.connect("bob", "phone");
  alice->post(direct, "hello");
  bob->acknowledge();
  const auto busy = node::active();
  CHECK(busy.users == 2);
  CHECK(busy.conversations == 1);
  CHECK(busy.presences > 0);
  n.advance(seconds{200});
  const auto idle = node::active();
  CHECK(idle.users == 0);
  CHECK(idle.conversations == 0);
  CHECK(n.sessions().size() == 2);
  alice->hang_up();
  bob->hang_up();
  n.advance(seconds{200});
  CHECK(node::active().presences == 0);
}

TEST_CASE("a message wakes everyone that it needs, and reaches the sessions of "
          "a user whose actor was let go (I4)") {
  node n;
  n.register_users({"alice", "bob"});
  auto alice = n.connect("alice", "phone");
  auto bob = n.connect("bob", "phone");
  auto tablet = n.connect("bob", "tablet");
  alice->post(direct, "first");
  n.advance(seconds{200});
  REQUIRE(node::active().users == 0);
  bob->heard();
  tablet->heard();
  CHECK(alice->post(direct, "second") == 2);
  for (auto& x : {bob, tablet}) {
    const auto events = x->events();
    REQUIRE(events.size() == 1);
    CHECK(includes(events[0], {{"seq", 2}, {"useq", 2}}));
  }
}

TEST_CASE("a session that fell behind catches up from an actor that was let "
          "go (I4)") {
  node n;
  n.register_users({"alice", "bob"});
  auto alice = n.connect("alice", "phone");
  auto bob = n.connect("bob", "phone");
  for (int i = 0; i < 400; ++i)
    alice->start(send_frame(direct, "c" + std::to_string(i), "x"));
  n.run();
  CHECK(bob->events().size() == 256);
  n.advance(seconds{200});
  REQUIRE(node::active().users == 0);
  bob->acknowledge();
  n.run();
  const auto rest = bob->events();
  CHECK(rest.size() == 144);
  CHECK(number_of(rest.back(), "seq") == 400);
}

TEST_CASE("letting go loses and doubles nothing that is under way, in any "
          "order of things (I4, I5)") {
  size_t rests = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    node n{impatient(), seed};
    const std::vector<std::string> users{"alice", "bob", "cyd"};
    n.register_users(users);
    n.done(n.create_group("alice", group, {"bob", "cyd"}));
    client_records records;
    std::list<device> all;
    for (const auto& user : users) {
      all.emplace_back(user, "phone", records).connect(n, 0);
      records.complete_devices.push_back({user, "phone"});
    }
    std::mt19937_64 random{seed};
    auto pick = [&random](size_t below) {
      return std::uniform_int_distribution<size_t>{0, below - 1}(random);
    };
    const std::array<std::string, 3> convs{direct, "dm:bob:cyd", group};
    for (int round = 0; round < 60; ++round) {
      auto& who = *std::next(all.begin(), static_cast<long>(pick(3)));
      const auto& conv = convs[pick(3)];
      if (pick(3) == 0) {
        const auto before = node::active();
        n.beat();
        for (auto steps = pick(40); steps > 0; --steps)
          n.step_by_chance();
        rests += node::active().users < before.users;
      } else if (conv == group || conv.find(who.user()) != std::string::npos) {
        who.post(conv, "x");
      }
      for (auto steps = pick(60); steps > 0; --steps)
        n.step_by_chance();
      who.look();
    }
    for (int i = 0; i < 3; ++i) {
      n.run();
      for (auto& x : all)
        x.look();
    }
    std::string surprises;
    for (auto& x : all) {
      for (const auto& what : x.surprises())
        surprises += what;
      CHECK(x.is_settled());
      auto reader = n.connect(x.user(), "reader");
      for (const auto& conv : convs)
        if (auto read = read_history(*reader, conv))
          records.histories.push_back(std::move(*read));
    }
    CHECK(surprises == "");
    CHECK(to_string(check(records)) == "");
    // Without a crash nothing comes twice.
    std::set<std::pair<std::string, std::pair<std::string, int64_t>>> once;
    for (const auto& x : records.deliveries)
      CHECK(once.insert({x.user, {x.conv, x.entry.seq}}).second);
    // All is taken and at rest in the end.
    n.advance(seconds{10});
    CHECK(node::active().users == 0);
    CHECK(node::active().conversations == 0);
    CHECK(stored_rows<history::outbox_record>(n, history::record::outbox) == 0);
  }
  CHECK(rests > 50);
}

TEST_CASE("a rest writes the list down once, and an idle node nothing more") {
  node n;
  n.register_users({"alice", "bob"});
  auto alice = n.connect("alice", "phone");
  alice->post(direct, "hello");
  n.advance(seconds{300});
  REQUIRE(node::active().users == 0);
  const auto rows = n.disk().stats();
  const auto list = stored_rows<history::list_record>(n, history::record::list);
  CHECK(list == 2);
  n.advance(seconds{60});
  CHECK(n.disk().stats().bytes_in_memory == rows.bytes_in_memory);
}
