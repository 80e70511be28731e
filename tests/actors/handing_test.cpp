#include "actors/fake_connection.hpp"
#include "actors/node.hpp"
#include "actors/pair_of_users.hpp"
#include "actors/stored.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

// Leadership that moves in order, while people talk: nobody is told no.

using namespace parley;
using namespace parley::test;
using std::chrono::seconds;

namespace {

/// Three nodes; alice is connected to the first, the third leads everything.
struct three {
  explicit three(uint64_t seed = 1) : n(calm_settings(), seed, 3) {
    n.run();
    n.lead_all(2);
    n.register_users({"alice", "bob"});
    alice = n.connect("alice", "phone");
    alice->heard();
    which = n.partition_of(direct);
  }

  void send() {
    ++sent;
    const auto number = std::to_string(sent);
    alice->start(send_frame(direct, "c" + number, number));
  }

  /// What a replicator does with `lead_yielded`, as far as the record.
  void move_to(size_t member) {
    // Who had something open looks again a moment later.
    while (!n.has_yielded(which))
      if (!n.step_by_chance())
        n.beat();
    n.lead(which, member);
  }

  void notify(size_t member) {
    n.notify(member, which);
    n.run();
  }

  /// The answers to what was sent, in the order in which they came.
  std::string answers() {
    std::string told;
    for (const auto& x : alice->heard())
      if (text_of(x, "t") == "ack")
        told += text_of(x, "cid") + ' ';
      else if (text_of(x, "t") == "error")
        told += text_of(x, "code") + ' ';
    return told;
  }

  /// All acknowledged, in the order in which it was sent.
  std::string all_acked() const {
    std::string told;
    for (int i = 1; i <= sent; ++i)
      told += "c" + std::to_string(i) + ' ';
    return told;
  }

  node n;
  client_ptr alice;
  size_t which = 0;
  int sent = 0;
};

} // namespace

TEST_CASE("a leader that gives way ends what it has begun, and the next one "
          "takes the rest, whoever hears of it first (I2, I3)") {
  std::vector<size_t> order{0, 1, 2};
  do {
    for (size_t next : {size_t{0}, size_t{1}}) {
      three x;
      for (int i = 0; i < 5; ++i)
        x.send();
      for (int i = 0; i < 10; ++i)
        x.n.step();
      x.n.yield(x.which);
      for (int i = 0; i < 5; ++i)
        x.send();
      auto shown = x.n.show("alice", direct);
      x.n.run();
      x.move_to(next);
      for (auto member : order) {
        x.send();
        x.n.run();
        x.notify(member);
      }
      CHECK(x.answers() == x.all_acked());
      CHECK(x.n.done(shown).contains("last_seq"));
      CHECK(x.n.refused_commits() == 0);
    }
  } while (std::ranges::next_permutation(order).found);
}

TEST_CASE("one session's sends to one conversation keep their order while "
          "leadership moves, whatever happens when (I1 to I4)") {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    three x{seed};
    std::mt19937_64 dice{seed};
    auto cast = [&](uint64_t sides) {
      return dice() % sides;
    };
    auto go_on = [&] {
      for (auto steps = cast(12); steps > 0; --steps)
        x.n.step_by_chance();
    };
    for (size_t move = 0; move < 6; ++move) {
      x.n.yield(x.which);
      for (auto left = cast(4); left > 0; --left) {
        x.send();
        go_on();
      }
      x.move_to(move % 3);
      std::vector<size_t> order{0, 1, 2};
      std::swap(order[0], order[cast(3)]);
      std::swap(order[1], order[1 + cast(2)]);
      for (auto member : order) {
        x.n.notify(member, x.which);
        go_on();
        if (cast(2) == 0)
          x.send();
      }
    }
    x.n.run();
    CHECK(x.answers() == x.all_acked());
    CHECK(stored_last(x.n, direct) == static_cast<uint64_t>(x.sent));
  }
}

TEST_CASE("what reaches a leader that was deposed comes back, and goes on to "
          "the next") {
  three x;
  x.n.lead(x.which, 1);
  x.notify(2);
  x.send();
  x.send();
  x.n.run();
  CHECK(x.alice->heard().empty());
  x.notify(0);
  x.send();
  x.n.run();
  CHECK(x.alice->heard().empty());
  x.notify(1);
  CHECK(x.answers() == x.all_acked());
}

TEST_CASE("what a leader holds that was lost from sight comes back before "
          "another gets more, and keeps its order") {
  three x;
  x.n.lead(x.which, std::nullopt);
  x.notify(2); // Who led knows it first, and holds what comes.
  x.send();
  x.n.run();
  x.notify(0);
  for (size_t next : {size_t{1}, size_t{2}}) {
    x.n.lead(x.which, next);
    for (size_t member : {0, 1, 2})
      x.notify(member);
    x.send();
    x.n.run();
  }
  CHECK(x.answers() == x.all_acked());
}

TEST_CASE("a leader that is to give way, and whom nobody follows, goes on") {
  three x;
  x.n.yield(x.which);
  x.n.run();
  x.send();
  x.n.advance(seconds{4});
  CHECK(x.alice->heard().empty());
  x.n.advance(seconds{3});
  CHECK(x.answers() == x.all_acked());
  auto late = x.n.connect("bob", "phone");
  CHECK(late->is_open());
}

TEST_CASE("a leader is asked to give back, and says nothing: others wait no "
          "longer than a moment") {
  three x;
  x.send();
  x.n.run();
  x.alice->heard();
  // It has not heard of its successor, and does not in time.
  x.n.lead(x.which, 1);
  x.notify(0);
  x.notify(1);
  x.alice->start(send_frame(direct, "late", "x"));
  x.n.run();
  CHECK(x.alice->heard().empty());
  x.n.advance(seconds{2});
  const auto heard = x.alice->heard();
  REQUIRE(!heard.empty());
  CHECK(includes(heard.back(), {{"t", "ack"}, {"seq", 2}}));
}
