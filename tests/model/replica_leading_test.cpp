#include "model/replica_subject.hpp"
#include "support/doctest.hpp"

using namespace parley;
using namespace parley::model::replication;
using namespace parley::model::replication::test;
using std::chrono::milliseconds;

namespace {

/// What it wants to have changed by then, while these say twice a second that
/// they have nothing.
std::vector<compare_and_set> changes_until(subject& s, milliseconds then,
                                           std::vector<node_id> heard = {}) {
  for (; s.now <= then; s.now += milliseconds{500}) {
    s.it.tick(s.now, s.out);
    for (auto node : heard)
      s.it.receive(appended{from(node, 1), 0, 0, 0}, s.out);
  }
  return all<compare_and_set>(s.take());
}

} // namespace

TEST_CASE("a read is confirmed by a round to all of the in-sync set") {
  subject s{1};
  s.lead();
  REQUIRE(s.it.confirm_reads(7, s.out) == admission::accepted);
  CHECK(sent<append>(s.take()).size() == 2);
  REQUIRE(s.it.confirm_reads(8, s.out) == admission::accepted);
  s.it.receive(appended{from(2, 1), 0, 0, 1}, s.out);
  CHECK(all<reads_confirmed>(s.take()).empty());
  s.it.receive(appended{from(3, 1), 0, 0, 1}, s.out);
  const auto got = all<reads_confirmed>(s.take());
  // The later one is for the next round, which has begun.
  REQUIRE(got.size() == 1);
  CHECK(got[0].ticket == 7);
}

TEST_CASE("a hand-over names a member that has everything") {
  subject s{1};
  s.lead();
  REQUIRE(post(s) == admission::accepted);
  s.sync_all();
  s.it.hand_over(3, s.out);
  s.it.receive(appended{from(2, 1), 1, 1, 0}, s.out);
  CHECK(all<compare_and_set>(s.take()).empty());
  CHECK(post(s) == admission::not_leader);
  s.it.receive(appended{from(3, 1), 1, 1, 0}, s.out);
  const auto asked = all<compare_and_set>(s.take());
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].record.leader == 3);
  CHECK(asked[0].record.epoch == 2);
  s.it.answered(asked[0].token, cas_outcome::confirmed, 2, s.out);
  CHECK(all<stepped_down>(s.take()).size() == 1);
  CHECK(s.it.leader() == 3);
}

TEST_CASE("R14: a leader that hears nobody resigns, to one after the other") {
  subject s{1};
  s.lead();
  auto refuse = [&](const compare_and_set& x) {
    s.it.answered(x.token, cas_outcome::refused, 0, s.out);
    const auto reads = all<read_record>(s.take());
    REQUIRE(reads.size() == 1);
    s.it.saw(reads[0].token, record_of(1, 1), s.out);
    return all<compare_and_set>(s.take());
  };
  CHECK(changes_until(s, milliseconds{20'000}).empty());
  auto asked = changes_until(s, milliseconds{20'500});
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].record.leader == 2);
  CHECK(asked[0].record.epoch == 2);
  CHECK(asked[0].record.isr == record_of(1, 1).record.isr);
  CHECK(holds(asked[0].must_be_current, isr_member{2, 12}));
  asked = refuse(asked[0]);
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].record.leader == 3);
  CHECK(refuse(asked[0]).empty());
  // Of no use: the next round comes after twice the time.
  CHECK(changes_until(s, milliseconds{40'500}).empty());
  CHECK(changes_until(s, milliseconds{41'000}).size() == 1);
}

TEST_CASE("R14: nobody resigns as long as one other member keeps up") {
  subject s{1};
  s.lead();
  const auto asked = changes_until(s, milliseconds{60'000}, {2});
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].record.leader == 1);
  CHECK(asked[0].record.isr.size() == 2);
}

TEST_CASE("R14: nobody resigns to a member that is heard, and only slow") {
  subject both{1};
  both.lead();
  REQUIRE(post(both) == admission::accepted);
  CHECK(changes_until(both, milliseconds{60'000}, {2, 3}).empty());
  subject one{1};
  one.lead();
  REQUIRE(post(one) == admission::accepted);
  const auto asked = changes_until(one, milliseconds{60'000}, {2});
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].record.leader == 3);
}

TEST_CASE(
    "R7: who is about to stop is not waited for, unless it has to be, and "
    "does not come back before it has restarted") {
  subject x{1};
  x.lead();
  x.it.peer_leaves(3, x.out);
  auto wanted = all<compare_and_set>(x.take());
  REQUIRE(wanted.size() == 1);
  CHECK(wanted[0].record.isr == isr_set{{1, 11}, {2, 12}});
  x.it.answered(wanted[0].token, cas_outcome::confirmed, 2, x.out);
  x.it.receive(appended{from(3, 1), 0, 0, 0}, x.out);
  CHECK(all<compare_and_set>(x.take()).empty());
  // Two are the floor.
  x.it.peer_leaves(2, x.out);
  CHECK(all<compare_and_set>(x.take()).empty());
  auto again = from(3, 1);
  again.incarnation = 23;
  x.it.receive(appended{again, 0, 0, 0}, x.out);
  wanted = all<compare_and_set>(x.take());
  REQUIRE(wanted.size() == 1);
  CHECK(wanted[0].record.isr.back() == isr_member{3, 23});
}

TEST_CASE("R7: who is lost is not waited for, unless it is heard again soon") {
  subject x{1};
  x.lead();
  CHECK(changes_until(x, milliseconds{1'000}, {2, 3}).empty());
  x.it.peer_lost(3);
  x.it.receive(appended{from(3, 1), 0, 0, 0}, x.out);
  CHECK(changes_until(x, milliseconds{3'000}, {2, 3}).empty());
  x.it.peer_lost(3);
  const auto wanted = changes_until(x, milliseconds{4'000}, {2});
  REQUIRE(wanted.size() == 1);
  CHECK(wanted[0].record.isr == isr_set{{1, 11}, {2, 12}});
  x.it.answered(wanted[0].token, cas_outcome::confirmed, 2, x.out);
  // Two are the floor.
  x.it.peer_lost(2);
  CHECK(changes_until(x, milliseconds{6'000}).empty());
  x.it.receive(appended{from(3, 1), 0, 0, 0}, x.out);
  const auto again = all<compare_and_set>(x.take());
  REQUIRE(again.size() == 1);
  CHECK(holds(again[0].record.isr, isr_member{3, 13}));
}
