#include "cluster/gathered_commits.hpp"
#include "cluster/stepped_system.hpp"

#include "parley/cluster/replicator.hpp"
#include "parley/history/keys.hpp"
#include "parley/history/open.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <string>

using namespace parley;
using namespace parley::cluster;

namespace {

constexpr uint16_t partition = 3;

/// Three replicators, the record of their one partition, and what they tell.
struct three_nodes {
  three_nodes() {
    auto& first = record.record;
    record.version = 1;
    first.epoch = 1;
    first.leader = 1;
    for (rep::node_id id : {1u, 2u, 3u}) {
      first.replicas.push_back(id);
      first.isr.push_back({id, id});
      stores[id] = history::make_memory_store();
    }
    observer = sys->spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {
          [this](const partition_led& x) { led.push_back(x.epoch); },
          [this](const partition_lost&) { ++lost; },
          [this](const partition_yields& x) { yields.push_back(x.epoch); },
      };
    });
    proposer = sys->spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const committed& x) {
        told += x.count;
      }};
    });
    links = sys->spawn([this](caf::event_based_actor* self) -> caf::behavior {
      return {
          [this, self](outgoing& x) {
            if (nodes.count(x.to) != 0)
              self->send(nodes[x.to], arrived{{}, 1, std::move(x.messages)});
          },
          [this](const receipt&) { ++receipts; },
      };
    });
    for (rep::node_id id : {1u, 2u, 3u})
      start(id);
    run();
  }

  ~three_nodes() {
    for (auto& [id, each] : nodes)
      sys.kill(each);
    sys.kill(observer);
    sys.kill(proposer);
    sys.kill(links);
    nodes.clear();
    // The source of a copy that was given up ends when it was idle for long; it
    // may have yet to begin waiting.
    while (sys->registry().running() > at_first) {
      sys.run();
      sys.scheduler().advance_time(std::chrono::minutes{5});
      std::this_thread::yield();
    }
    sys.scheduler().clock().cancel_all();
  }

  void start(rep::node_id id) {
    replicator_settings with;
    with.host.replicas.self = id;
    with.host.partitions = 8;
    with.host.log_entries_kept = 20;
    replicator_ports ports;
    ports.compare_and_set = [this, id](uint16_t,
                                       const rep::compare_and_set& what) {
      auto fits = what.expected == record.version;
      if (fits)
        record = {what.record, record.version + 1};
      caf::anon_send(nodes[id],
                     record_written{partition, what.token,
                                    fits ? rep::cas_outcome::confirmed
                                         : rep::cas_outcome::refused,
                                    record.version});
    };
    ports.read_record = [this, id](uint16_t, uint64_t token) {
      caf::anon_send(nodes[id], record_seen{partition, token, record});
    };
    ports.leads = [this, id](uint16_t, uint64_t epoch) {
      leads[id] = epoch;
    };
    ports.failed = [this](const error& why) {
      failure = why.message;
    };
    nodes[id] =
        spawn_replicator(*sys, with, *stores[id], ports, runs::scheduled);
    caf::anon_send(nodes[id], meet{observer, links});
    for (auto& [other, handle] : nodes) {
      caf::anon_send(handle, peer_replicator{id, nodes[id]});
      caf::anon_send(nodes[id], peer_replicator{other, handle});
    }
    caf::anon_send(nodes[id], joined{++creations});
    caf::anon_send(nodes[id], replica_beat{now});
    caf::anon_send(nodes[id], record_seen{partition, 0, record});
  }

  void stop(rep::node_id id) {
    caf::anon_send_exit(nodes[id], caf::exit_reason::kill);
    nodes.erase(id);
    run();
  }

  void run() { sys.run(); }

  void beat(int times) {
    for (int i = 0; i < times; ++i) {
      now += std::chrono::milliseconds{1'000};
      for (auto& [id, each] : nodes)
        caf::anon_send(each, replica_beat{now});
      run();
      sys.scheduler().advance_time(std::chrono::seconds{1});
      run();
    }
  }

  void elect(rep::node_id leader) {
    ++record.record.epoch;
    ++record.version;
    record.record.leader = leader;
    for (auto& [id, each] : nodes)
      caf::anon_send(each, record_seen{partition, 0, record});
    run();
  }

  void put(rep::node_id at, const std::string& key) {
    put(at, key, record.record.epoch);
  }

  void put(rep::node_id at, const std::string& key, uint64_t epoch) {
    commit rows;
    rows.partition = partition;
    rows.epoch = epoch;
    rows.rows.put(history::family::state,
                  history::partition_prefix(partition) + key, "1");
    caf::send_as(proposer, nodes[at], std::move(rows));
  }

  size_t rows_at(rep::node_id id) {
    auto prefix = history::partition_prefix(partition);
    size_t count = 0;
    auto done = stores[id]->scan(history::family::state, prefix,
                                 history::prefix_end(prefix), false,
                                 [&](auto, auto) { return ++count > 0; });
    REQUIRE(done.has_value());
    return count;
  }

  log_ends ends_at(rep::node_id id) {
    caf::scoped_actor self{*sys};
    auto asked =
        self->request(nodes[id], caf::infinite, get_log_ends{{partition, 7}});
    run();
    log_ends found;
    asked.receive([&](const log_ends& x) { found = x; },
                  [](const caf::error&) { FAIL("no answer"); });
    return found;
  }

  test::stepped_system sys;
  size_t at_first = sys->registry().running(); ///< Actors of CAF's own.
  std::map<rep::node_id, std::unique_ptr<history::replica_store>> stores;
  std::map<rep::node_id, caf::actor> nodes;
  rep::versioned_record record;
  caf::actor observer;
  caf::actor proposer;
  caf::actor links;
  int receipts = 0;
  std::vector<uint64_t> led;
  int lost = 0;
  std::vector<uint64_t> yields;
  std::map<rep::node_id, uint64_t> leads; ///< As its own context is told.
  size_t told = 0;
  std::string failure;
  uint64_t creations = 0;
  rep::instant now{1};
};

} // namespace

TEST_CASE("a commit is answered once all replicas have it, together with the "
          "others") {
  three_nodes all;
  REQUIRE(all.led == std::vector<uint64_t>{1});
  for (int i = 0; i < 5; ++i)
    all.put(1, "key" + std::to_string(i));
  all.run();
  CHECK(all.told == 5);
  CHECK(all.rows_at(1) == 5);
  all.beat(2);
  CHECK(all.rows_at(2) == 5);
  CHECK(all.rows_at(3) == 5);
  CHECK(all.receipts > 0);
  CHECK(all.failure.empty());
}

TEST_CASE("what is committed between two writes is one entry, up to a bound") {
  three_nodes all;
  auto end = [&] {
    return all.ends_at(1).all.at(0).last.index;
  };
  for (int i = 0; i < 5; ++i)
    all.put(1, "key" + std::to_string(i));
  all.run();
  CHECK(end() == 1);
  // Each of these takes more than half of what is put together.
  for (int i = 0; i < 3; ++i)
    all.put(1, std::string(gathered_bytes_max / 2, 'k') + std::to_string(i));
  all.run();
  CHECK(end() == 4);
  all.put(1, "stale", 0);
  all.put(1, "key5");
  all.run();
  CHECK(end() == 5);
  CHECK(all.told == 9);
  CHECK(all.rows_at(1) == 9);
}

TEST_CASE("a node that does not lead answers no commit") {
  three_nodes all;
  all.put(2, "key");
  all.beat(3);
  CHECK(all.told == 0);
  CHECK(all.rows_at(2) == 0);
}

TEST_CASE("a leader dies: another goes on with all that was acknowledged") {
  three_nodes all;
  for (int i = 0; i < 5; ++i)
    all.put(1, "key" + std::to_string(i));
  all.run();
  all.stop(1);
  all.elect(2);
  all.put(2, "more");
  CHECK(all.led.back() == 1);
  all.beat(15); // Until the dead one is out of the in-sync set.
  CHECK(all.led.back() == 2);
  CHECK(all.rows_at(2) == 6);
  CHECK(all.told == 6);
  CHECK(all.record.record.isr.size() == 2);
}

TEST_CASE("a leader that gives way commits what its partition has open first, "
          "and nobody is told no (I1)") {
  three_nodes all;
  caf::anon_send(all.nodes[1], give_up_lead{partition, 2});
  all.run();
  CHECK(all.yields == std::vector<uint64_t>{1});
  all.put(1, "open");
  all.run();
  CHECK(all.told == 1);
  CHECK(all.record.record.leader == 1);
  caf::anon_send(all.nodes[1], lead_yielded{partition, 1});
  all.run();
  CHECK(all.record.record.leader == 2);
  CHECK(all.record.record.epoch == 2);
  CHECK(all.leads[1] == 0);
  // Who does not lead is asked in vain.
  caf::anon_send(all.nodes[1], give_up_lead{partition, 3});
  all.run();
  CHECK(all.yields.size() == 1);
}

TEST_CASE("a leader whose partition never says that it has nothing open gives "
          "way when it is asked again") {
  three_nodes all;
  for (auto epoch_after : {1, 2}) {
    caf::anon_send(all.nodes[1], give_up_lead{partition, 2});
    all.run();
    CHECK(all.record.record.epoch == epoch_after);
  }
}

TEST_CASE("a node that leads again takes nothing of an actor from before") {
  three_nodes all;
  CHECK(all.leads[1] == 1);
  all.elect(2);
  all.beat(3);
  CHECK(all.leads[1] == 0);
  CHECK(all.leads[2] == 2);
  all.elect(1);
  all.beat(3);
  CHECK(all.leads[1] == 3);
  all.put(1, "late", 1);
  all.put(1, "now");
  all.beat(1);
  CHECK(all.told == 1);
  CHECK(all.rows_at(1) == 1);
}

TEST_CASE("a wiped node copies the partition and joins again") {
  three_nodes all;
  for (int i = 0; i < 100; ++i) {
    all.put(1, "key" + std::to_string(i));
    all.run();
  }
  all.stop(3);
  all.stores[3] = history::make_memory_store();
  all.beat(15);
  all.start(3);
  // The source of a copy has a thread of its own.
  for (int i = 0; i < 20'000 && all.record.record.isr.size() < 3; ++i) {
    std::this_thread::yield();
    all.beat(1);
  }
  CHECK(all.record.record.isr.size() == 3);
  CHECK(all.rows_at(3) == 100);
}

TEST_CASE("a read is confirmed by the others, or not at all") {
  three_nodes all;
  caf::scoped_actor self{*all.sys};
  auto confirmed = 0;
  auto refused = 0;
  auto ask = [&](rep::node_id whom) {
    auto asked =
        self->request(all.nodes[whom], caf::infinite, confirm_reads{partition});
    all.beat(1);
    asked.receive([&](reads_are_confirmed) { ++confirmed; },
                  [&](const caf::error&) { ++refused; });
  };
  ask(1);
  CHECK(confirmed == 1);
  ask(2);
  CHECK(refused == 1);
}

TEST_CASE("the ends of logs are told for an election") {
  three_nodes all;
  all.put(1, "key");
  all.run();
  const auto ends = all.ends_at(2);
  CHECK(ends.incarnation == 2);
  REQUIRE(ends.all.size() == 1);
  CHECK(ends.all[0].last == rep::position{1, 1});
  CHECK(ends.all[0].sound);
}
