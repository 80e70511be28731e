#include "model/replica_subject.hpp"
#include "support/doctest.hpp"

using namespace parley;
using namespace parley::model::replication;
using namespace parley::model::replication::test;
using std::chrono::milliseconds;

TEST_CASE("the checksum is CRC-32C and covers every field") {
  auto x = entry_at(1, 2);
  CHECK(checksum(x) == x.crc32c);
  auto y = x;
  y.epoch = 2;
  CHECK(checksum(y) != x.crc32c);
  y = x;
  y.index = 3;
  CHECK(checksum(y) != x.crc32c);
  y = x;
  y.partition = 1;
  CHECK(checksum(y) != x.crc32c);
  y = x;
  y.payload = shared_bytes{"entry 3"};
  CHECK(checksum(y) != x.crc32c);
}

TEST_CASE("an entry is committed once all of the in-sync set have it synced") {
  subject s{1};
  s.lead();
  REQUIRE(s.it.role() == replica_role::leader);
  REQUIRE(post(s) == admission::accepted);
  auto asked = s.take();
  CHECK(all<persist>(asked).size() == 1);
  CHECK(all<send_entries>(asked).size() == 2);
  s.it.receive(appended{from(2, 1), 1, 1, 0}, s.out);
  s.it.receive(appended{from(3, 1), 1, 1, 0}, s.out);
  CHECK(s.it.high_watermark() == 0); // R1: the leader itself has not synced.
  s.sync_all();
  CHECK(s.it.high_watermark() == 1);
  CHECK(all<apply>(s.take()).size() == 1);
}

TEST_CASE("a window that is full refuses, in entries and in bytes (I8)") {
  subject s{1};
  s.lead();
  for (int i = 0; i < 4; ++i)
    REQUIRE(post(s) == admission::accepted);
  CHECK(post(s) == admission::window_full);
  for (node_id node : {2u, 3u})
    s.it.receive(appended{from(node, 1), 4, 4, 0}, s.out);
  s.sync_all();
  REQUIRE(s.it.high_watermark() == 4);
  REQUIRE(post(s, 60) == admission::accepted);
  CHECK(post(s, 60) == admission::window_full);
  CHECK(post(s, 40) == admission::accepted);
}

TEST_CASE("no more is under way to a replica than its window admits (I8)") {
  subject s{1};
  s.lead();
  for (int i = 0; i < 4; ++i)
    REQUIRE(post(s) == admission::accepted);
  uint64_t last = 0;
  for (const auto& each : all<send_entries>(s.take())) {
    CHECK(each.last.index - each.what.prev.index <= 2);
    last = std::max(last, each.last.index);
  }
  CHECK(last == 3);
  s.it.receive(appended{from(2, 1), 1, 3, 0}, s.out);
  const auto more = all<send_entries>(s.take());
  REQUIRE(more.size() == 1);
  CHECK(more[0].last.index == 4);
}

TEST_CASE("R7: with too few members at hand, sends are unavailable") {
  subject s{1};
  s.lead();
  s.it.tick(milliseconds{10'100}, s.out);
  CHECK(post(s) == admission::too_few_in_sync);
  subject follower{2};
  follower.follow();
  CHECK(post(follower) == admission::not_leader);
}

TEST_CASE("R1: a follower acknowledges when its write is synced") {
  subject s{2};
  s.follow();
  s.it.receive(append{from(1, 1), {}, 0, 0, {entry_at(1, 1)}}, s.out);
  auto asked = s.take();
  REQUIRE(all<persist>(asked).size() == 1);
  CHECK(sent<appended>(asked).empty());
  s.sync_all();
  const auto acks = sent<appended>(s.take());
  REQUIRE(acks.size() == 1);
  CHECK(acks[0].match == 1);
}

TEST_CASE("an entry that was damaged on its way is as good as lost") {
  subject s{2};
  s.follow();
  auto bad = entry_at(1, 1);
  bad.payload = shared_bytes{"entry 2"};
  s.it.receive(append{from(1, 1), {}, 1, 0, {bad}}, s.out);
  CHECK(s.take().empty());
  CHECK(s.it.end() == 0);
}

TEST_CASE("a follower with too much to sync takes nothing more (I8)") {
  subject s{2};
  s.follow();
  for (uint64_t i = 1; i <= 12; ++i)
    s.it.receive(
        append{from(1, 1), {i == 1 ? 0u : 1u, i - 1}, 0, 0, {entry_at(1, i)}},
        s.out);
  CHECK(s.it.end() == 8);
  s.sync_all();
  s.take();
  s.it.receive(append{from(1, 1), {1, 11}, 0, 0, {entry_at(1, 12)}}, s.out);
  CHECK(sent<locate>(s.take()).size() == 1);
}

TEST_CASE("R8: a follower cuts to where epochs match") {
  recovered had{2, {}, 1};
  for (uint64_t epoch : {1, 1, 2, 2})
    had.log.push(epoch);
  subject s{2, had};
  s.it.receive(append{from(1, 3), {3, 5}, 1, 0, {}}, s.out);
  auto asked = sent<locate>(s.take());
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].last == position{2, 4});
  // The leader has no epoch 2: what follows on epoch 1 here is not its.
  s.it.receive(located{from(1, 3), {2, 4}, {1, 4}}, s.out);
  const auto cuts = all<persist>(s.take());
  REQUIRE(cuts.size() == 1);
  CHECK(cuts[0].truncate == 2);
  CHECK(s.it.log().last() == position{1, 2});
}

TEST_CASE("a follower halts rather than cut what is committed") {
  recovered had{1, {}, 2};
  had.log.push(1);
  had.log.push(1);
  subject s{2, had};
  s.it.receive(append{from(1, 3), {3, 5}, 1, 0, {}}, s.out);
  s.it.receive(located{from(1, 3), {1, 2}, {1, 1}}, s.out);
  const auto halts = all<halt>(s.take());
  REQUIRE(halts.size() == 1);
  CHECK(halts[0].reason == halt_reason::committed_was_cut);
  CHECK(s.it.role() == replica_role::halted);
  CHECK_FALSE(s.it.is_sound());
}

TEST_CASE("R10: a lower epoch is refused, with the higher one in the answer") {
  recovered had{4, {}, 0};
  subject s{2, had};
  s.it.receive(append{from(1, 3), {}, 0, 0, {entry_at(3, 1)}}, s.out);
  const auto answers = sent<refused>(s.take());
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].head.epoch == 4);
  CHECK(s.it.end() == 0);
}

TEST_CASE("an epoch in ZooKeeper below the one on disk halts the partition") {
  recovered had{4, {}, 0};
  subject s{2, had};
  s.it.saw(0, record_of(3, 8), s.out); // May be an old read.
  const auto reads = all<read_record>(s.take());
  REQUIRE(reads.size() == 1);
  s.it.saw(reads[0].token, record_of(3, 8), s.out);
  const auto halts = all<halt>(s.take());
  REQUIRE(halts.size() == 1);
  CHECK(halts[0].reason == halt_reason::epoch_went_back);
}

TEST_CASE("I9: a write that failed halts the replica for good") {
  subject s{1};
  s.lead();
  REQUIRE(post(s) == admission::accepted);
  s.take();
  s.it.write_failed(s.out);
  CHECK(all<halt>(s.take()).size() == 1);
  s.sync_all();
  for (node_id node : {2u, 3u})
    s.it.receive(appended{from(node, 1), 1, 1, 0}, s.out);
  s.it.tick(milliseconds{60'000}, s.out);
  CHECK(s.take().empty());
  CHECK(post(s) == admission::not_leader);
}

TEST_CASE("a log shorter than its state is copied anew") {
  recovered had{1, {}, 5};
  had.log.push(1);
  subject s{2, had};
  CHECK(s.it.last_synced() == position{});
  CHECK_FALSE(s.it.is_sound());
  s.it.receive(append{from(1, 1), {1, 5}, 5, 0, {}}, s.out);
  REQUIRE(all<fetch_snapshot>(s.take()).size() == 1);
  s.it.fetched({1, 7}, s.out);
  REQUIRE(all<install>(s.take()).size() == 1);
  CHECK(s.it.applied() == 7);
  CHECK(s.it.last_synced() == position{});
  s.sync_all();
  CHECK(s.it.last_synced() == position{1, 7});
  CHECK(s.it.is_sound());
}

TEST_CASE("a snapshot older than what is here is not taken; another is") {
  subject s{2, {1, log_outline{{1, 10}}, 10}};
  const append ahead{from(1, 1), {1, 20}, 20, 0, {}};
  auto ask_for_one = [&] {
    s.it.receive(ahead, s.out);
    REQUIRE(sent<locate>(s.take()).size() == 1);
    s.it.receive(too_old{from(1, 1), {1, 10}}, s.out);
    REQUIRE(all<fetch_snapshot>(s.take()).size() == 1);
  };
  ask_for_one();
  s.it.fetched({1, 4}, s.out);
  CHECK(all<install>(s.take()).empty());
  ask_for_one();
  s.it.fetched({1, 20}, s.out);
  CHECK(all<install>(s.take()).size() == 1);
}

TEST_CASE("what the log no longer has comes as a snapshot") {
  recovered had{1, log_outline{{1, 10}}, 10};
  subject s{1, had};
  s.lead();
  s.it.receive(locate{from(3, 1), {1, 4}}, s.out);
  CHECK(sent<too_old>(s.take()).size() == 1);
  s.it.receive(locate{from(3, 1), {1, 10}}, s.out);
  CHECK(sent<located>(s.take()).size() == 1);
}

TEST_CASE("a replica that is no longer in the set retires, on a fresh read") {
  subject s{4};
  s.it.saw(0, record_of(1, 1), s.out);
  auto asked = s.take();
  CHECK(all<retire>(asked).empty());
  const auto reads = all<read_record>(asked);
  REQUIRE(reads.size() == 1);
  s.it.saw(reads[0].token, record_of(1, 1), s.out);
  CHECK(all<retire>(s.take()).size() == 1);
  CHECK(s.it.role() == replica_role::retired);
}

TEST_CASE("a replica that has nothing to do is small (I8)") {
  CHECK(sizeof(replica) <= 640);
}
