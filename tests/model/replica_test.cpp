#include "support/doctest.hpp"

#include "parley/model/replication/replica.hpp"

#include <string>

using namespace parley;
using namespace parley::model::replication;
using std::chrono::milliseconds;

namespace {

constexpr uint16_t partition = 9;

replica_settings settings_of(node_id self) {
  replica_settings out;
  out.self = self;
  out.uncommitted_entries_max = 4;
  out.unsynced_writes_max = 8;
  out.in_flight_entries_max = 3;
  out.batch_entries_max = 2;
  out.uncommitted_bytes_max = 100;
  return out;
}

/// Node 1 leads, nodes n have the incarnations 10 + n.
versioned_record record_of(uint64_t epoch, uint64_t version) {
  versioned_record out;
  out.record.epoch = epoch;
  out.record.leader = 1;
  out.record.isr = {{1, 11}, {2, 12}, {3, 13}};
  out.record.replicas = {1, 2, 3};
  out.version = version;
  return out;
}

/// The effects of one kind.
template <class T>
std::vector<T> all(const effects& from) {
  std::vector<T> out;
  for (const auto& each : from)
    if (const auto* x = std::get_if<T>(&each))
      out.push_back(*x);
  return out;
}

template <class T>
std::vector<T> sent(const effects& from) {
  std::vector<T> out;
  for (const auto& each : all<send>(from))
    if (const auto* x = std::get_if<T>(&each.what))
      out.push_back(*x);
  return out;
}

log_entry entry_at(uint64_t epoch, uint64_t index) {
  log_entry out{partition, 0, epoch, index,
                shared_bytes{"entry " + std::to_string(index)}};
  out.crc32c = checksum(out);
  return out;
}

header from(node_id node, uint64_t epoch) {
  return {partition, node, 10 + node, epoch};
}

/// A replica and what it asked for since the last look.
struct subject {
  explicit subject(node_id self, recovered with = {})
      : settings(settings_of(self)),
        it(settings, partition, 10 + self, std::move(with)) {}

  effects take() { return std::exchange(out, {}); }

  void sync_all() { it.synced(1'000'000, out); }

  /// Node 1, leading in epoch 1, with both others aligned.
  void lead() {
    it.tick(milliseconds{1}, out);
    it.saw(0, record_of(1, 1), out);
    sync_all();
    for (node_id node : {2u, 3u})
      it.receive(appended{from(node, 1), 0, 0, 0}, out);
    out.clear();
  }

  /// Node 2, aligned with node 1's log, which is empty.
  void follow() {
    it.receive(append{from(1, 1), {}, 0, 0, {}}, out);
    it.receive(located{from(1, 1), {}, {}}, out);
    sync_all();
    out.clear();
  }

  replica_settings settings;
  replica it;
  effects out;
  milliseconds now{0};
};

admission post(subject& to, size_t bytes = 5) {
  return to.it.propose(shared_bytes{std::string(bytes, 'x')}, to.out);
}

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

TEST_CASE("a replica that has nothing to do is small (I8)") {
  CHECK(sizeof(replica) <= 640);
}
