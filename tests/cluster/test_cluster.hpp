#pragma once

#include "cluster/test_node.hpp"
#include "support/doctest.hpp"

#include "parley/cluster/memory_coordination.hpp"

#include <list>

namespace parley::test {

/// Nodes over a service in memory, and a client to look into it. Each node has
/// a queue of its own, which does not run while the node is paused.
class test_cluster {
public:
  struct seat {
    explicit seat(cluster::memory_service& in,
                  const cluster::membership_settings& with,
                  const model::rebalance_limits& limits)
        : node(connect(in), tasks.poster(), with) {
      node.limits = limits;
    }

    cluster::memory_client& client() {
      return static_cast<cluster::memory_client&>(*node.client);
    }

    task_queue tasks;
    test_node node;
    bool paused = false;

  private:
    std::unique_ptr<cluster::coordination>
    connect(cluster::memory_service& in) {
      return in.connect(tasks.poster());
    }
  };

  explicit test_cluster(uint32_t partitions = 8)
      : parameters(test_parameters(partitions)) {}

  seat& add(const cluster::membership_settings& with) {
    return seats.emplace_back(service, with, limits);
  }
  seat& add(const std::string& name) {
    return add(test_settings(name, parameters));
  }
  void remove(const std::string& name) {
    seats.remove_if([&](auto& x) { return x.node.name == name; });
  }

  /// Runs whatever is to be done, time aside.
  /// @returns how many round trips that took.
  int settle() {
    for (int rounds = 0;; ++rounds) {
      REQUIRE(rounds < 10'000);
      auto count = service.deliver() + looking_.run();
      for (auto& each : seats)
        count += each.paused ? 0 : each.tasks.run();
      if (count == 0)
        return rounds;
    }
  }

  void tick(std::chrono::milliseconds by = 1s) {
    now += by;
    for (auto& each : seats)
      if (!each.paused)
        each.node.tick(now);
    settle();
  }

  seat* controller() {
    seat* out = nullptr;
    for (auto& each : seats)
      if (!each.paused && each.node.controls()) {
        CHECK(out == nullptr);
        out = &each;
      }
    REQUIRE(out != nullptr);
    return out;
  }

  seat* find(cluster::node_id number) {
    for (auto& each : seats)
      if (each.node.member.number() == number)
        return &each;
    return nullptr;
  }
  seat& with_number(cluster::node_id number) {
    auto* found = find(number);
    REQUIRE(found != nullptr);
    return *found;
  }

  cluster::read_answer get(const std::string& path) {
    cluster::read_answer out;
    looker_->get(
        path, [&](auto& x) { out = x; }, {}, cluster::freshness::local);
    settle();
    return out;
  }
  std::vector<std::string> list(const std::string& path) {
    std::vector<std::string> out;
    looker_->list(path, [&](auto& x) { out = x.names; }, {});
    settle();
    return out;
  }
  void put(const std::string& path, const std::string& bytes) {
    looker_->create(path, bytes, cluster::lifetime::lasting, [](auto&) {});
    looker_->set(path, bytes, std::nullopt, [](auto&) {});
    settle();
  }

  /// As the service has it.
  cluster::versioned_record record(uint16_t partition) {
    auto x = get(at.partition(partition));
    auto record = cluster::decode_record(partition, x.bytes);
    REQUIRE(record.has_value());
    return {*record, x.stat.version};
  }

  /// What a leader's replica would ask for.
  model::replication::cas_outcome
  write_as_leader(uint16_t partition, const cluster::partition_record& record,
                  uint64_t expected,
                  const model::replication::isr_set& current = {}) {
    auto out = model::replication::cas_outcome::unknown;
    cluster::write_record(*looker_, at, partition,
                          {1, record, expected, current},
                          [&](auto x, auto) { out = x; });
    settle();
    return out;
  }

  cluster::memory_service service;
  cluster::cluster_parameters parameters;
  cluster::paths at{"test"};
  model::rebalance_limits limits;
  std::list<seat> seats;
  std::chrono::milliseconds now{0};

  cluster::coordination& looker() { return *looker_; }

private:
  task_queue looking_;
  std::unique_ptr<cluster::memory_client> looker_ =
      service.connect(looking_.poster());
};

/// Three nodes and the records of all partitions.
struct three_nodes : test_cluster {
  explicit three_nodes(uint32_t partitions = 8) : test_cluster(partitions) {
    for (auto name : {"a", "b", "c"})
      add(name);
    settle();
  }

  seat& leader_of(uint16_t partition) {
    return with_number(record(partition).record.leader);
  }
};

} // namespace parley::test
