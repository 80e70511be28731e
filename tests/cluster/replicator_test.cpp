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
  caf::scoped_actor self{*all.sys};
  auto asked =
      self->request(all.nodes[2], caf::infinite, get_log_ends{{partition, 7}});
  all.run();
  asked.receive(
      [&](const log_ends& x) {
        CHECK(x.incarnation == 2);
        REQUIRE(x.all.size() == 1);
        CHECK(x.all[0].last == rep::position{1, 1});
      },
      [](const caf::error&) { FAIL("no answer"); });
}
