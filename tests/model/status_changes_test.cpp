#include "parley/model/status_changes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace parley;
using namespace parley::model;
using std::chrono::milliseconds;
using status = protocol::presence_status;
using texts = std::vector<std::string>;

namespace {

constexpr timestamp wall_start = 1'700'000'000'000;

std::string word(status x) {
  return x == status::online ? "online"
         : x == status::away ? "away"
                             : "offline";
}

/// The class with a clock that the test moves.
struct fixture {
  explicit fixture(presence_rules with = {milliseconds{3000},
                                          milliseconds{900'000}, 0},
                   size_t seats = 1000)
      : room(seats), changes(with, room) {}

  moment now() const { return {ms, wall_start + ms}; }
  void move(const std::string& user, status x, int64_t held = 0) {
    changes.move(user, x, now(), milliseconds{held});
  }
  void come(const std::string& user) { move(user, status::online); }
  void leave(const std::string& user) { move(user, status::offline); }
  void watch(const std::string& user) { changes.watch(user, true, now()); }

  /// What is told now, as "user status".
  texts told(size_t max = 1'000'000) {
    texts all;
    for (const auto& x : changes.take_due(now(), max))
      all.push_back(x.user + ' ' + word(x.now.is));
    return all;
  }
  /// What is told within a time, looking as often as is asked for.
  texts told_until(int64_t when) {
    auto all = told();
    for (;;) {
      auto next = changes.next_due();
      if (!next || *next > when)
        break;
      ms = std::max(ms, *next);
      (void)rows();
      for (auto& x : told())
        all.push_back(x);
    }
    ms = when;
    return all;
  }
  std::vector<status_changes::row> rows(size_t max = 1'000'000) {
    (void)changes.rows_due(now());
    auto all = changes.take_rows(now(), max);
    changes.settle_rows(now());
    return all;
  }

  waiting_room room;
  status_changes changes;
  int64_t ms = 10'000'000; ///< A full second.
};

} // namespace

TEST_CASE("who comes is told at once, who leaves once they stay away") {
  fixture x;
  x.watch("ann");
  x.come("ann");
  CHECK(x.told() == texts{"ann online"});
  x.ms += 60'000;
  x.leave("ann");
  x.ms += 2'999;
  CHECK(x.told().empty());
  x.ms += 1;
  CHECK(x.told() == texts{"ann offline"});
}

TEST_CASE("a connection that comes and goes says nothing") {
  fixture x;
  x.watch("ann");
  x.come("ann");
  x.told();
  for (int i = 0; i < 100; ++i) {
    x.leave("ann");
    CHECK(x.told_until(x.ms + 2'500).empty());
    x.come("ann");
    CHECK(x.told_until(x.ms + 10).empty());
  }
  CHECK(x.changes.changes_waiting() == 0);
}

TEST_CASE("whatever a user does, they are told of at most once a window") {
  fixture x;
  x.watch("ann");
  x.come("ann");
  CHECK(x.told() == texts{"ann online"});
  x.move("ann", status::away);
  CHECK(x.told().empty());
  CHECK(x.told_until(x.ms + 3'000) == texts{"ann away"});
  x.ms += 3'000;
  x.move("ann", status::online);
  CHECK(x.told() == texts{"ann online"});
  x.move("ann", status::away);
  x.move("ann", status::online);
  CHECK(x.told_until(x.ms + 3'000).empty());
}

TEST_CASE("who comes back right after their leaving was told waits for the "
          "window") {
  fixture x;
  x.watch("ann");
  x.come("ann");
  x.told();
  x.leave("ann");
  CHECK(x.told_until(x.ms + 3'000) == texts{"ann offline"});
  x.ms += 100;
  x.come("ann");
  CHECK(x.told().empty());
  CHECK(x.told_until(x.ms + 2'900) == texts{"ann online"});
}

TEST_CASE("with no window everything is told as it comes") {
  fixture x{{milliseconds{0}, milliseconds{900'000}, 0}};
  x.watch("ann");
  x.come("ann");
  CHECK(x.told() == texts{"ann online"});
  x.leave("ann");
  CHECK(x.told() == texts{"ann offline"});
}

TEST_CASE("who went with their node is held longer") {
  fixture x;
  x.watch("ann");
  x.watch("ben");
  x.come("ann");
  x.come("ben");
  x.told();
  x.ms += 60'000;
  x.move("ann", status::offline, 10'000);
  x.move("ben", status::offline, 10'000);
  CHECK(x.told_until(x.ms + 9'000).empty());
  x.come("ben");
  CHECK(x.told_until(x.ms + 1'000) == texts{"ann offline"});
}

TEST_CASE("what is seen is what was told last") {
  fixture x;
  x.watch("ann");
  x.come("ann");
  x.told();
  x.ms += 60'000;
  const auto left = x.now().wall;
  x.leave("ann");
  x.ms += 2'999;
  CHECK(x.changes.look("ann", x.now()).is == status::online);
  x.ms += 1;
  x.told();
  CHECK(x.changes.look("ann", x.now()).is == status::offline);
  CHECK(x.changes.look("ann", x.now()).last_active == left);
}

TEST_CASE("of who is watched by nobody nothing is told, and the same is seen") {
  fixture x;
  x.come("ann");
  CHECK(x.told().empty());
  CHECK(x.changes.look("ann", x.now()).is == status::online);
  x.leave("ann");
  x.told();
  CHECK(x.changes.look("ann", x.now()).is == status::online);
  x.ms += 3'000;
  CHECK(x.changes.due(x.now(), 10) == 0);
  x.told();
  CHECK(x.changes.look("ann", x.now()).is == status::offline);
}

TEST_CASE("who is watched while they wait is told, who no longer is, is not") {
  fixture x;
  x.watch("ben");
  x.come("ann");
  x.come("ben");
  x.told();
  x.ms += 60'000;
  x.leave("ann");
  x.leave("ben");
  x.watch("ann");
  x.changes.watch("ben", false, x.now());
  CHECK(x.told_until(x.ms + 3'000) == texts{"ann offline"});
}

TEST_CASE("so many as asked for are told, who came before who left, and the "
          "rest in its turn") {
  fixture x;
  for (const auto* user : {"a", "b", "c", "d"}) {
    x.watch(user);
    x.come(user);
  }
  x.told();
  x.ms += 60'000;
  for (const auto* user : {"b", "a", "d"})
    x.leave(user);
  x.ms += 5'000;
  x.move("c", status::away);
  CHECK(x.changes.due(x.now(), 2) == 2);
  CHECK(x.changes.due(x.now(), 9) == 4);
  CHECK(x.told(2) == texts{"c away", "b offline"});
  CHECK(x.told(1) == texts{"a offline"});
  x.come("d");
  CHECK(x.told(9).empty());
}

TEST_CASE("a new leader says nothing of who may still be on the way to it") {
  fixture x{{milliseconds{3000}, milliseconds{900'000}, 10'010'000}};
  for (const auto* user : {"ann", "ben"})
    x.watch(user);
  CHECK_FALSE(x.changes.look("ann", x.now()).certain);
  CHECK_FALSE(x.changes.look("cyd", x.now()).certain);
  CHECK(x.told_until(x.ms + 5'000).empty());
  x.come("ann");
  CHECK(x.told() == texts{"ann online"});
  CHECK(x.changes.look("ann", x.now()).certain);
  CHECK(x.told_until(10'010'000) == texts{"ben offline"});
  CHECK(x.changes.look("cyd", x.now()).certain);
}

TEST_CASE("a new leader writes down nobody at once who was connected before") {
  fixture x{{milliseconds{3000}, milliseconds{900'000}, 10'010'000}};
  for (int i = 0; i < 900; ++i)
    x.come("user" + std::to_string(i));
  x.told();
  std::vector<size_t> seconds;
  for (int i = 0; i < 901; ++i, x.ms += 1000)
    seconds.push_back(x.rows().size());
  CHECK(*std::max_element(seconds.begin(), seconds.end()) < 10);
  size_t sum = 0;
  for (auto n : seconds)
    sum += n;
  CHECK(sum >= 900);
}

TEST_CASE("a row is written when a change is told, and every so often while "
          "online") {
  fixture x;
  x.come("ann");
  x.told();
  REQUIRE(x.rows().size() == 1);
  x.ms += 899'000;
  CHECK(x.rows().empty());
  x.ms += 1'000;
  const auto again = x.rows();
  REQUIRE(again.size() == 1);
  CHECK(again[0].last_active == x.now().wall);
  x.ms += 10'000;
  const auto left = x.now().wall;
  x.leave("ann");
  CHECK(x.rows().empty());
  x.ms += 3'000;
  x.told();
  const auto last = x.rows();
  REQUIRE(last.size() == 1);
  CHECK(last[0].last_active == left);
  x.ms += 3'600'000;
  CHECK(x.rows().empty());
  CHECK(x.changes.users() == 0);
}

TEST_CASE("who is away was active when they went") {
  fixture x;
  x.come("ann");
  x.told();
  x.rows();
  x.ms += 50'000;
  const auto went = x.now().wall;
  x.move("ann", status::away);
  x.told();
  x.ms += 4'000;
  CHECK(x.changes.look("ann", x.now()).last_active == went);
  CHECK(x.rows().at(0).last_active == went);
  x.ms += 3'600'000;
  CHECK(x.rows().empty());
}

TEST_CASE("a user waits for one row, however much changes meanwhile") {
  fixture x{{milliseconds{0}, milliseconds{900'000}, 0}};
  for (int i = 0; i < 50; ++i) {
    x.come("ann");
    x.told();
    x.leave("ann");
    x.told();
    (void)x.changes.rows_due(x.now());
    x.ms += 1'000;
  }
  CHECK(x.room.taken() == 1);
  CHECK(x.rows().size() == 1);
  CHECK(x.room.taken() == 0);
}

TEST_CASE("rows that find no place are not written, and online users wait for "
          "the next time (I8)") {
  fixture x{{milliseconds{0}, milliseconds{60'000}, 0}, 2};
  for (const auto* user : {"a", "b", "c", "d"})
    x.come(user);
  x.leave("d");
  x.told();
  CHECK(x.changes.rows_due(x.now()) == 2);
  CHECK(x.changes.rows_refused() == 2);
  CHECK(x.rows().size() == 2);
  CHECK(x.changes.users() == 3);
  x.ms += 60'000;
  x.rows(2);
  CHECK(x.rows().size() == 0);
}

TEST_CASE("a user who changes while their row is written is written again") {
  fixture x{{milliseconds{0}, milliseconds{900'000}, 0}};
  x.come("ann");
  x.told();
  (void)x.changes.rows_due(x.now());
  CHECK(x.changes.take_rows(x.now(), 9).size() == 1);
  x.ms += 500;
  x.leave("ann");
  x.told();
  CHECK(x.changes.take_rows(x.now(), 9).empty());
  x.changes.settle_rows(x.now());
  CHECK(x.changes.users() == 1);
  x.ms += 500;
  CHECK(x.rows().size() == 1);
  CHECK(x.changes.users() == 0);
}

TEST_CASE("at the end there is a row for whoever is online or not written") {
  fixture x;
  for (const auto* user : {"ann", "ben", "cyd"})
    x.come(user);
  x.told();
  x.rows();
  x.move("cyd", status::away);
  x.ms += 10'000;
  x.told();
  x.rows();
  x.leave("ben");
  texts users;
  for (const auto& row : x.changes.last_rows(x.now()))
    users.push_back(row.user);
  std::sort(users.begin(), users.end());
  CHECK(users == texts{"ann", "ben"});
}

TEST_CASE("a stored last_active is known until a later one is") {
  fixture x;
  x.watch("ann");
  CHECK_FALSE(x.changes.knows("ann"));
  x.changes.restore("ann", 77, x.now());
  CHECK(x.changes.knows("ann"));
  CHECK(x.changes.look("ann", x.now()).last_active == 77);
  x.come("ben");
  x.changes.restore("ben", 77, x.now());
  x.move("ben", status::away);
  x.ms += 5'000;
  x.told();
  CHECK(x.changes.look("ben", x.now()).last_active > 77);
}

TEST_CASE("whoever hears everything that is told ends with the right status, "
          "at most once a window for each user") {
  for (uint32_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    std::mt19937 dice{seed};
    fixture x;
    std::map<std::string, status> real;
    std::map<std::string, status> heard;
    std::map<std::string, int64_t> heard_at;
    for (int i = 0; i < 20; ++i)
      x.watch("u" + std::to_string(i));
    auto hear = [&] {
      for (const auto& news : x.changes.take_due(x.now(), dice() % 4)) {
        CHECK(heard[news.user] != news.now.is);
        if (heard_at.count(news.user) != 0)
          CHECK(x.ms - heard_at[news.user] >= 3000);
        heard[news.user] = news.now.is;
        heard_at[news.user] = x.ms;
        CHECK(x.changes.look(news.user, x.now()).is == news.now.is);
      }
    };
    for (int i = 0; i < 2000; ++i) {
      const auto user = "u" + std::to_string(dice() % 20);
      const auto now_is = static_cast<status>(dice() % 3);
      x.move(user, now_is);
      real[user] = now_is;
      x.ms += dice() % 500;
      hear();
    }
    while (x.changes.changes_waiting() > 0) {
      x.ms += 100;
      hear();
    }
    for (const auto& [user, is] : real)
      CHECK(heard[user] == is);
  }
}
