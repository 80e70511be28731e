#include "support/doctest.hpp"

#include "parley/model/replication/election.hpp"

using namespace parley::model::replication;

namespace {

/// Nodes 1 to 3 with the incarnations 11 to 13; node 1 leads, 3 lags behind.
partition_record record_of_two() {
  partition_record out;
  out.epoch = 5;
  out.leader = 1;
  out.isr = {{1, 11}, {2, 12}};
  out.replicas = {1, 2, 3};
  return out;
}

election elected(const std::vector<live_node>& live) {
  return elect(record_of_two(), live, 2, {});
}

} // namespace

TEST_CASE("nobody is elected while the leader is there") {
  CHECK(elected({{1, 11, {}}}).step == election_step::none);
}

TEST_CASE("R9: only a member of the in-sync set is elected") {
  const auto got = elected({{2, 12, {}}, {3, 13, position{5, 100}}});
  REQUIRE(got.step == election_step::write);
  CHECK(got.record.leader == 2);
  CHECK(got.record.epoch == 6);
  CHECK(got.record.isr == record_of_two().isr);
  CHECK(got.must_be_current == isr_set{{2, 12}});
  CHECK(elected({{3, 13, position{5, 100}}}).step == election_step::wait);
}

TEST_CASE("R7: an election leaves out who is dead, if enough are left") {
  auto record = record_of_two();
  record.isr.push_back({3, 13});
  auto isr_with = [&](const std::vector<live_node>& live, size_t floor = 2) {
    return elect(record, live, floor, {}).record.isr;
  };
  CHECK(isr_with({{2, 12, {}}, {3, 13, {}}}) == isr_set{{2, 12}, {3, 13}});
  CHECK(isr_with({{2, 12, {}}}) == record.isr);
  CHECK(isr_with({{2, 12, {}}}, 1) == isr_set{{2, 12}});
  // Who has restarted cannot acknowledge before it joins again.
  CHECK(isr_with({{2, 12, {}}, {3, 23, {}}}) == record.isr);
  CHECK(isr_with({{1, 21, {}}, {2, 12, {}}, {3, 13, {}}}) == record.isr);
}

TEST_CASE("R12: who restarted is not elected while a member may come back") {
  CHECK(elected({{1, 21, position{5, 9}}}).step == election_step::wait);
  // The other one kept its memory.
  CHECK(elected({{1, 21, position{5, 9}}, {2, 12, {}}}).record.leader == 2);
}

TEST_CASE("R12: when all restarted, all report and the greatest is elected") {
  const auto asked = elected({{1, 21, position{5, 9}}, {2, 22, {}}});
  REQUIRE(asked.step == election_step::ask);
  CHECK(asked.ask == node_set{2});
  const auto got = elected({{1, 21, position{4, 90}}, {2, 22, position{5, 9}}});
  REQUIRE(got.step == election_step::write);
  CHECK(got.record.leader == 2);
  CHECK(got.record.isr == isr_set{{1, 11}, {2, 22}});
  CHECK(got.must_be_current == isr_set{{2, 22}});
}

TEST_CASE("a forced election takes the greatest of whoever is left, alone") {
  auto forced = [](const partition_record& record,
                   const std::vector<live_node>& live) {
    return force_elect(record, live, node_set{1, 3}, 100);
  };
  auto record = record_of_two();
  record.leaving = 1;
  CHECK(forced(record, {{3, 13, {}}}).step == election_step::wait);
  CHECK(forced(record, {{3, 13, position{}}}).record.leader == 3);
  auto got = forced(record, {{1, 21, position{3, 9}}, {3, 13, position{4, 7}}});
  REQUIRE(got.step == election_step::write);
  CHECK(got.record.leader == 3);
  CHECK(got.record.isr == isr_set{{3, 13}});
  CHECK(got.must_be_current == isr_set{{3, 13}});
  CHECK(got.record.leaving == 0);
  CHECK(got.record.replicas == node_set{1, 3});
  CHECK(got.record.epoch == 6);
  CHECK(got.record.lossy_epoch == 6);
  CHECK(got.record.lossy_gap == 100);
  // What was not made up for the first time is lost as well.
  got = forced(got.record, {{3, 14, position{6, 8}}});
  CHECK(got.record.lossy_epoch == 7);
  CHECK(got.record.lossy_gap == 200);
}

TEST_CASE("a change begins with a new epoch, and only one goes on at a time") {
  const auto got = begin_change(record_of_two(), 4, 2);
  REQUIRE(got);
  CHECK(got->epoch == 6);
  CHECK(got->leader == 1);
  CHECK(got->replicas == node_set{1, 2, 3, 4});
  CHECK(got->leaving == 2);
  CHECK_FALSE(begin_change(*got, 5, 1));
  CHECK_FALSE(begin_change(record_of_two(), 3, 2));
  CHECK_FALSE(begin_change(record_of_two(), 4, 9));
}
