#include "cluster/test_cluster.hpp"

#include "parley/cluster/administration.hpp"
#include "parley/cluster/forced_election.hpp"

using namespace parley;
using namespace parley::cluster;
using namespace parley::test;
using model::replication::isr_member;
using model::replication::isr_set;

namespace {

constexpr uint64_t gap = 50;

/// Three nodes with one partition, whose third replica is not in sync.
struct forced {
  forced() {
    all.tick();
    auto now = all.record(0);
    left = now.record.replicas[2];
    auto record = now.record;
    record.isr.clear();
    for (const auto& each : now.record.isr)
      if (each.node != left)
        record.isr.push_back(each);
    REQUIRE(all.write_as_leader(0, record, now.version)
            == model::replication::cas_outcome::confirmed);
    all.tick();
    gone = {record.replicas[0], record.replicas[1]};
  }

  test_node& survivor() { return all.with_number(left).node; }

  /// These are dead, and their sessions over.
  void lose(const std::vector<node_id>& nodes) {
    for (auto node : nodes) {
      auto& seat = all.with_number(node);
      names.push_back(seat.node.name);
      seat.client().expire();
      all.remove(names.back());
    }
    all.settle();
    all.tick();
  }

  void lose_for_ever(const std::vector<node_id>& nodes) {
    lose(nodes);
    for (const auto& name : names)
      take_out(name);
  }

  void take_out(const std::string& name) {
    result<void> done = error{};
    remove_node(*survivor().client, all.at, survivor().member.view(), name,
                [&](const auto& x) { done = x; });
    all.settle();
    REQUIRE(done.has_value());
  }

  /// Which the survivor answers with `last`, or not at all.
  result<std::vector<forced_leader>> force(std::optional<uint16_t> partition,
                                           std::optional<position> last,
                                           bool sound = true) {
    std::optional<result<std::vector<forced_leader>>> said;
    auto it = std::make_shared<forced_election>(
        *survivor().client, all.at, survivor().member.view(),
        forced_wish{partition, gap}, [&](const auto& x) { said = x; });
    it->begin(
        [&](node_id node, const std::vector<asked_position>& of) {
          std::vector<reported_position> ends;
          for (const auto& each : of)
            ends.push_back({each, last.value_or(position{}), sound});
          if (last)
            it->reported(node, survivor().incarnations.back(), ends);
        },
        instant{0});
    it->tick(instant{4'000});
    all.settle();
    if (!last) {
      CHECK(!said);
      it->tick(instant{5'000});
      all.settle();
    }
    REQUIRE(said);
    CHECK(it->is_over());
    return *said;
  }

  three_nodes all{1};
  node_id left = 0;
  std::vector<node_id> gone;
  std::vector<std::string> names;
};

} // namespace

TEST_CASE("what has a leader, or will have one, is not forced") {
  forced x;
  CHECK(x.force(0, position{1, 5}).error().code == errc::forbidden);
  CHECK(x.force(7, position{1, 5}).error().code == errc::not_found);
  CHECK(x.force(std::nullopt, position{1, 5})->empty());
  CHECK(x.all.record(0).record.lossy_epoch == 0);
}

TEST_CASE("what waits for a member that may come back is not forced") {
  forced x;
  x.lose(x.gone);
  const auto before = x.all.record(0);
  auto refused = x.force(0, position{1, 5});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == errc::forbidden);
  CHECK(refused.error().message.find("cluster replace") != std::string::npos);
  x.take_out(x.names[0]);
  CHECK(x.force(0, position{1, 5}).error().code == errc::forbidden);
  CHECK(x.force(std::nullopt, position{1, 5}).error().code == errc::forbidden);
  CHECK(x.all.record(0).record.isr == before.record.isr);
}

TEST_CASE("nor what waits for one that may have more, though not all") {
  forced x;
  auto now = x.all.record(0);
  now.record.isr.pop_back();
  REQUIRE(x.all.write_as_leader(0, now.record, now.version)
          == model::replication::cas_outcome::confirmed);
  x.all.tick();
  x.lose(x.gone);
  x.take_out(x.names[0]);
  auto refused = x.force(0, position{1, 5});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message.find(x.names[1]) != std::string::npos);
  x.take_out(x.names[1]);
  CHECK(x.force(0, position{1, 5}).has_value());
}

TEST_CASE("when all that were in sync were taken out, what is left leads") {
  forced x;
  x.lose_for_ever(x.gone);
  x.all.tick();
  const auto before = x.all.record(0).record;
  auto done = x.force(std::nullopt, position{1, 5});
  REQUIRE(done.has_value());
  REQUIRE(done->size() == 1);
  CHECK(done->front().leader == x.left);
  CHECK(done->front().last == position{1, 5});
  const auto now = x.all.record(0).record;
  CHECK(now.leader == x.left);
  CHECK(now.epoch == before.epoch + 1);
  CHECK(now.isr == isr_set{{x.left, x.survivor().incarnations.back()}});
  CHECK(now.replicas == model::replication::node_set{x.left});
  CHECK(now.leaving == 0);
  CHECK(now.lossy_epoch == now.epoch);
  CHECK(now.lossy_gap == gap);
}

TEST_CASE("nobody is made leader who says nothing, or whose log is damaged") {
  forced x;
  x.lose_for_ever(x.gone);
  CHECK(x.force(0, std::nullopt).error().code == errc::unavailable);
  CHECK(x.force(0, position{}, false).error().code == errc::forbidden);
  CHECK(x.all.record(0).record.lossy_epoch == 0);
}

TEST_CASE(
    "a partition in which nobody has written anything has a leader again, "
    "too") {
  forced x;
  x.lose_for_ever(x.gone);
  REQUIRE(x.force(std::nullopt, position{}).has_value());
  CHECK(x.all.record(0).record.leader == x.left);
}
