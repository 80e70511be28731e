#include "cluster/hosts.hpp"

#include "parley/history/keys.hpp"

#include <doctest/doctest.h>

using namespace parley;
using namespace parley::test;

namespace {

void put_many(hosts& all, rep::node_id at, int first, int last) {
  for (auto i = first; i <= last; ++i)
    all.put(at, "k" + std::to_string(1'000 + i));
  all.host(at).flush();
}

} // namespace

TEST_CASE("what is committed is in the state of all replicas") {
  hosts all;
  REQUIRE(all.led[1] == 1);
  all.put(1, "a");
  all.put(1, "b");
  CHECK(all.committed[1] == 0);
  CHECK(all.keys(1).empty());
  all.host(1).flush();
  CHECK(all.committed[1] == 0);
  all.run();
  CHECK(all.committed[1] == 2);
  for (auto node : {1u, 2u, 3u})
    CHECK(all.keys(node) == "a b ");
  CHECK(all.failure.empty());
}

TEST_CASE(
    "I1: what an old leader committed is there before the new one is told "
    "to lead") {
  hosts all;
  put_many(all, 1, 1, 50);
  all.run();
  const auto before = all.keys(1);
  all.crash(1);
  all.elect(2);
  REQUIRE(all.led[2] == 2);
  CHECK(all.keys(2) == before);
  // Alone with one more, it goes on once the silent one is out.
  all.put(2, "z");
  all.host(2).flush();
  all.run();
  CHECK(all.committed[2] == 1);
  CHECK(all.keys(3) == before + "z ");
}

TEST_CASE("a node that comes back has everything, by the log") {
  hosts all;
  put_many(all, 1, 1, 10);
  all.run();
  all.crash(3);
  put_many(all, 1, 11, 200);
  all.run();
  CHECK(all.committed[1] == 200);
  all.start(3);
  all.run();
  CHECK(all.keys(3) == all.keys(1));
  CHECK(all.copies[3] == 0);
  CHECK(all.disk_reads[1] > 0); // More than is kept in memory.
  CHECK(all.record.record.isr.size() == 3);
}

TEST_CASE("a node that was away for longer than the log lasts copies the "
          "partition") {
  hosts all{0, 20};
  put_many(all, 1, 1, 10);
  all.run();
  all.crash(3);
  put_many(all, 1, 11, 200);
  all.run();
  all.start(3);
  all.run();
  CHECK(all.copies[3] == 1);
  CHECK(all.keys(3) == all.keys(1));
  CHECK(all.record.record.isr.size() == 3);
  // What was copied counts for good: it leads after a restart.
  all.crash(3);
  all.start(3);
  all.run();
  CHECK(all.copies[3] == 1);
  all.elect(3);
  CHECK(all.led[3] == 2);
}

TEST_CASE("an empty disk copies the partition") {
  hosts all{0, 20};
  put_many(all, 1, 1, 100);
  all.run();
  all.crash(2);
  all.wipe(2);
  all.run();
  all.start(2);
  all.run();
  CHECK(all.keys(2) == all.keys(1));
  CHECK(all.record.record.isr.size() == 3);
}

TEST_CASE("a damaged log is copied anew") {
  hosts all;
  put_many(all, 1, 1, 30);
  all.run();
  all.crash(2);
  history::batch damage;
  damage.put(history::family::log, history::log_key(hosts::partition, 17),
             "\x01\x01\x01nonsense");
  REQUIRE(all.store(2).write({damage}).has_value());
  all.start(2);
  all.run();
  CHECK(all.copies[2] == 1);
  CHECK(all.keys(2) == all.keys(1));
}

TEST_CASE("I6: a deposed leader's proposals come to nothing") {
  hosts all;
  all.lost_percent = 100; // Nothing gets through.
  put_many(all, 1, 1, 5);
  ++all.record.record.epoch;
  ++all.record.version;
  all.record.record.leader = 2;
  all.host(2).saw(hosts::partition, 0, all.record);
  all.host(2).flush();
  all.host(1).saw(hosts::partition, 0, all.record);
  all.host(1).flush();
  all.lost_percent = 0;
  all.run();
  CHECK(all.led[1] == 0);
  CHECK(all.committed[1] == 0);
  all.put(1, "late");
  all.put(2, "good");
  all.host(1).flush();
  all.host(2).flush();
  all.run();
  for (auto node : {1u, 2u, 3u})
    CHECK(all.keys(node) == "good ");
}

TEST_CASE("a partition that lives elsewhere is deleted") {
  hosts all;
  put_many(all, 1, 1, 5);
  all.run();
  REQUIRE_FALSE(all.keys(3).empty());
  all.set_replicas({1, 2});
  CHECK_FALSE(all.host(3).hosts(hosts::partition));
  CHECK(all.keys(3).empty());
  CHECK_FALSE(all.keys(2).empty());
}

TEST_CASE("too few in sync: proposals wait, and are committed when the others "
          "are back") {
  hosts all;
  all.crash(2);
  all.crash(3);
  all.run();
  put_many(all, 1, 1, 5);
  all.run(20);
  CHECK(all.committed[1] == 0);
  all.start(2);
  all.run(20);
  CHECK(all.committed[1] == 5);
  CHECK(all.keys(2) == all.keys(1));
}

TEST_CASE("I1, I2: leaders and crashes of chance over a lossy network") {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    hosts all{seed, 30};
    std::mt19937 random{seed};
    all.lost_percent = 10;
    all.doubled_percent = 10;
    rep::node_id leader = 1;
    std::string kept; // Committed, so to be there for ever.
    for (int round = 0; round < 12; ++round) {
      put_many(all, leader, round * 20, round * 20 + 19);
      auto before = all.committed[leader];
      all.run(6);
      if (all.committed[leader] == before + 20)
        kept = all.keys(leader);
      auto victim = random() % 3 + 1;
      all.crash(static_cast<rep::node_id>(victim));
      all.run(8); // Out of the in-sync set, if it followed.
      if (victim == leader) {
        leader = all.record.record.isr[0].node == leader
                     ? all.record.record.isr[1].node
                     : all.record.record.isr[0].node;
        all.elect(leader);
      }
      all.start(static_cast<rep::node_id>(victim));
      all.run(12);
      REQUIRE(all.led[leader] == all.record.record.epoch);
      auto now = all.keys(leader);
      CHECK(now.find(kept) != std::string::npos);
    }
    all.lost_percent = all.doubled_percent = 0;
    all.run(12);
    CHECK(all.keys(2) == all.keys(1));
    CHECK(all.keys(3) == all.keys(1));
    CHECK(all.failure.empty());
  }
}
