#include "model/sim/mutants.hpp"
#include "model/sim/world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <string>

using namespace parley;
using sim::fate;
using sim::node_id;
using std::chrono::milliseconds;

namespace {

using some = std::initializer_list<node_id>;

sim::world::options options_with(const sim::rules& rule) {
  sim::world::options out;
  out.rule = rule;
  out.cut_percent = 0;
  out.trace = std::getenv("PARLEY_SIM_TRACE") != nullptr;
  return out;
}

bool always_arrives(const sim::world::packet&) {
  return false;
}

bool has_entries(const sim::world::packet& x) {
  const auto* m = std::get_if<sim::rep::append>(&x.what);
  return m != nullptr && !m->entries.empty();
}

bool says_where(const sim::world::packet& x) {
  return std::holds_alternative<sim::rep::located>(x.what);
}

/// A world whose schedule is written by hand. Node 1 leads at the beginning,
/// and all three have one committed entry.
class stage : public sim::world {
public:
  bool (*loses)(const packet&) = always_arrives;

  explicit stage(const sim::rules& rule) : world(options_with(rule)) {
    look({1, 2, 3});
    talk({1, 2, 3});
    post(1, {1, 2, 3});
    REQUIRE(committed() == 1);
  }

  /// These talk until there is nothing to say. What goes to or comes from
  /// others is lost.
  void talk(some who) {
    auto speaks = [&](node_id x) {
      return std::find(who.begin(), who.end(), x) != who.end();
    };
    for (int turn = 0; turn < 40; ++turn) {
      while (!packets().empty()) {
        const auto& next = packets().front();
        auto from =
            std::visit([](const auto& m) { return m.head.from; }, next.what);
        if (speaks(next.to) && speaks(from) && !loses(next))
          deliver(0);
        else
          lose(0);
      }
      for (auto each : who)
        sync(each);
    }
  }

  /// These see the record as it is now.
  void look(some who) {
    for (int turn = 0; turn < 8; ++turn)
      for (auto each : who) {
        watch(each);
        sync(each);
      }
  }

  /// The requests on their way are dealt with, and their senders hear of it.
  void settle(fate of_it = fate::answered) {
    deal_with_request(of_it);
    for (int i = 0; i < 4; ++i)
      deliver_answer();
  }

  void beat(node_id leader, some who) {
    tick(leader, milliseconds{1});
    talk(who);
  }

  void post(node_id leader, some who) {
    propose(leader);
    talk(who);
  }

  /// Node 3 is not heard until the leader wants it out of the in-sync set.
  void miss_third(some others) {
    for (int turn = 0; turn < 4; ++turn) {
      tick(1, milliseconds{20});
      talk(others);
    }
  }

  void leave_third_out() {
    miss_third({1, 2});
    settle();
    REQUIRE(keeper().record().isr.size() == 2);
  }

  /// Node 3 is heard again, and its join is on its way.
  void hear_third_again() {
    beat(1, {1, 2, 3});
    beat(1, {1, 2, 3});
    REQUIRE(keeper().has_requests());
  }

  /// Node 1 sleeps while the others go on without it.
  void depose_paused_leader() {
    pause(1);
    expire(1);
    elect();
    look({2, 3});
    talk({2, 3});
    for (int turn = 0; turn < 4; ++turn) {
      tick(2, milliseconds{20});
      talk({2, 3});
    }
    settle();
    post(2, {2, 3});
    REQUIRE(committed() == 2);
  }

  /// These two are gone for good; someone else is elected if anyone may be.
  void lose_first_two() {
    for (node_id id : {1u, 2u}) {
      kill(id);
      expire(id);
    }
    elect();
    look({3});
  }

  void elect() {
    control();
    deal_with_request(fate::answered);
  }
};

/// The schedule does no harm with all rules, and does without this one.
template <class Schedule>
void shows_the_need(bool sim::rules::*rule, Schedule&& lived_through) {
  {
    stage with_all{{}};
    lived_through(with_all);
    CHECK(with_all.violation() == "");
  }
  sim::rules without;
  without.*rule = false;
  stage without_it{without};
  lived_through(without_it);
  CHECK(without_it.violation().substr(0, 1) == "I");
}

} // namespace

TEST_CASE("R3: a shrink that ZooKeeper never got leaves the member electable") {
  shows_the_need(&sim::rules::r3_shrink_when_confirmed, [](stage& s) {
    s.miss_third({1, 2});
    s.post(1, {1, 2});
    s.deal_with_request(fate::undone);
    s.lose_first_two();
  });
}

TEST_CASE("R4: a join that ZooKeeper has and its leader has not heard of") {
  shows_the_need(&sim::rules::r4_pending_join_counts, [](stage& s) {
    s.leave_third_out();
    s.hear_third_again();
    s.deal_with_request(fate::done);
    s.post(1, {1, 2});
    s.lose_first_two();
  });
}

TEST_CASE("R5: a new leader's high watermark lags behind what is committed") {
  shows_the_need(&sim::rules::r5_join_at_epoch_start, [](stage& s) {
    s.leave_third_out();
    s.post(1, {1, 2}); // Node 2 does not hear that it is committed.
    s.kill(1);
    s.expire(1);
    s.elect();
    s.look({2});
    s.look({3});
    // Node 3 aligns itself, and what is sent to it then is lost.
    s.loses = has_entries;
    s.beat(2, {2, 3});
    s.settle();
    s.kill(2);
    s.expire(2);
    s.elect();
    s.look({3});
  });
}

TEST_CASE("R6: a replica's late join finds it restarted with an empty disk") {
  shows_the_need(&sim::rules::r6_incarnations, [](stage& s) {
    s.leave_third_out();
    s.hear_third_again();
    s.kill(3);
    s.restart_wiped(3);
    s.settle();
    s.lose_first_two();
  });
}

TEST_CASE("R10: a deposed leader finds a replica that has restarted") {
  shows_the_need(&sim::rules::r10_epoch_is_durable, [](stage& s) {
    s.propose(1);
    s.talk({1}); // Nobody else gets it.
    s.depose_paused_leader();
    s.kill(3);
    s.restart(3);
    s.resume(1);
    s.beat(1, {1, 3});
    s.beat(1, {1, 3});
  });
}

TEST_CASE("R13: a join that was given up arrives after the record was read") {
  shows_the_need(&sim::rules::r13_write_before_belief, [](stage& s) {
    s.leave_third_out();
    s.hear_third_again();
    s.post(1, {1, 2});
    s.loses = says_where;
    s.beat(1, {1, 3}); // Node 3 has lost its place.
    s.settle(fate::ghost);
    s.read_on(1); // Is carried out,
    s.read_on(1); // and is answered.
    s.settle();   // With the rule: the write that ends the doubt.
    s.let_ghost_arrive();
    s.lose_first_two();
  });
}

TEST_CASE("R14: a leader that is cut off gives up its place, and is left out") {
  stage s{{}};
  s.propose(1); // Nobody else gets it.
  s.cut_off(1, false, false);
  for (int turn = 0; turn < 8; ++turn) {
    s.tick(1, milliseconds{20});
    s.talk({1, 2, 3});
  }
  REQUIRE(s.keeper().has_requests());
  s.settle();
  CHECK(s.keeper().record().isr.size() == 3);
  CHECK(s.keeper().record().epoch == 2);
  const auto next = s.keeper().record().leader;
  REQUIRE(next != 1);
  s.look({1, 2, 3});
  for (int turn = 0; turn < 4; ++turn) {
    s.tick(next, milliseconds{20});
    s.talk({1, 2, 3});
  }
  s.settle();
  s.post(next, {1, 2, 3});
  CHECK(s.committed() == 2);
  s.heal();
  s.beat(next, {1, 2, 3});
  s.beat(next, {1, 2, 3});
  s.settle();
  CHECK(s.keeper().record().isr.size() == 3);
  CHECK(s.at(1)->log().last() == s.at(next)->log().last());
  CHECK(s.violation() == "");
}

TEST_CASE("I6: a deposed leader that wakes confirms no read") {
  stage s{{}};
  s.depose_paused_leader();
  s.resume(1);
  s.ask_to_read(1);
  s.talk({1, 2, 3});
  CHECK(s.violation() == "");
  CHECK(s.at(1)->role() != sim::rep::replica_role::leader);
}
