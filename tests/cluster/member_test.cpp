#include "support/deadline.hpp"
#include "support/doctest.hpp"
#include "support/free_port.hpp"
#include "support/zookeeper_process.hpp"

#include "parley/actors/leading_messages.hpp"
#include "parley/base/random.hpp"
#include "parley/cluster/links.hpp"
#include "parley/cluster/member.hpp"
#include "parley/cluster/router.hpp"
#include "parley/history/keys.hpp"
#include "parley/history/open.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

// Nodes without their users: real ZooKeeper, real links on loopback, and a
// store in memory each.

using namespace parley;
using namespace parley::cluster;
using namespace parley::test;

namespace {

constexpr uint32_t partitions = 8;

/// What the partitions of a node are told, and what is proposed for them.
struct counters {
  std::atomic<uint64_t> led[partitions]{};
  std::atomic<size_t> committed{0};
};

caf::behavior partition_stub(caf::event_based_actor* self, counters* to,
                             uint16_t number, caf::actor replicator) {
  return {
      [to, number](const leadership& x) {
        to->led[number] = x.where == leadership::place::here ? x.epoch : 0;
      },
      [](const node_gone&) {},
      [self, replicator](commit& x) { self->send(replicator, std::move(x)); },
      [to](const committed& x) { to->committed += x.count; },
  };
}

struct config : caf::actor_system_config {
  explicit config(const link_options& by) {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", size_t{1});
    set("logger.console", caf::atom("none"));
    set("logger.file-verbosity", caf::atom("quiet"));
    register_messages(*this);
    configure_links(*this, by);
    register_replicator_messages(*this);
  }
};

class cluster_node {
public:
  cluster_node(const std::string& name, const std::string& servers,
               uint16_t port, history::replica_store& store)
      : store_(store) {
    membership_settings as;
    as.self.name = name;
    as.self.instance = "disk of " + name;
    as.self.zone = name;
    as.self.listen = "127.0.0.1:" + std::to_string(port);
    as.own = {"", "test", partitions, 3, 2, ""};
    as.new_id = "made by " + name;
    member_.emplace(member_settings{as, {}}, [servers](const executor& post) {
      return connect_zookeeper({servers, milliseconds{2'000}}, post);
    });
    auto place = member_->join(patience);
    REQUIRE(place.has_value());
    start_actors(*place, port);
  }

  ~cluster_node() {
    member_.reset(); // Its session is not ended: the node is just gone.
    for (auto& each : all_)
      caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
    all_.clear();
    partitions_.clear();
    replicator_ = nullptr;
  }

  void leave() { member_->leave(); }

  void put(uint16_t partition, const std::string& key) {
    commit rows;
    rows.partition = partition;
    rows.epoch = leads(partition);
    rows.rows.put(history::family::state,
                  history::partition_prefix(partition) + key, "1");
    caf::anon_send(partitions_[partition], std::move(rows));
  }

  uint64_t leads(uint16_t partition) const { return told_.led[partition]; }
  size_t committed() const { return told_.committed; }

private:
  void start_actors(const member_place& place, uint16_t port) {
    link_options by;
    by.cluster = place.cluster.id;
    by.node = place.number;
    by.listen_port = port;
    by.security.with = link_security::kind::none;
    config_ = std::make_unique<config>(by);
    sys_ = std::make_unique<caf::actor_system>(*config_);
    replicator_settings with;
    with.host.replicas.self = place.number;
    with.host.replicas.lag_deadline = milliseconds{1'000};
    with.host.partitions = partitions;
    replicator_ports ports;
    ports.compare_and_set = member_->record_writer();
    ports.read_record = member_->record_reader();
    ports.leads = [](uint16_t, uint64_t) {
    };
    ports.failed = [](const error& why) {
      FAIL(why.message);
    };
    replicator_ = spawn_replicator(*sys_, with, store_, ports);
    for (uint16_t i = 0; i < partitions; ++i)
      partitions_.push_back(
          sys_->spawn(partition_stub, &told_, i, replicator_));
    auto router = spawn_router(*sys_, {place.number, partitions_, replicator_});
    auto linked = start_links(*sys_, by, {replicator_, partitions_}, router,
                              system_random());
    REQUIRE(linked.has_value());
    caf::anon_send(replicator_, meet{router, linked->handle});
    all_ = partitions_;
    all_.push_back(router);
    all_.push_back(linked->handle);
    all_.push_back(replicator_);
    member_->tell({router, replicator_, linked->handle});
  }

  history::replica_store& store_;
  counters told_;
  std::optional<member> member_;
  std::unique_ptr<config> config_;
  std::unique_ptr<caf::actor_system> sys_;
  caf::actor replicator_;
  std::vector<caf::actor> partitions_;
  std::vector<caf::actor> all_;
};

struct three_real_nodes {
  three_real_nodes() {
    for (size_t i = 0; i < 3; ++i) {
      stores.push_back(history::make_memory_store());
      nodes.emplace_back();
      start(i);
    }
  }

  void start(size_t i) {
    nodes[i] = std::make_unique<cluster_node>("n" + std::to_string(i + 1),
                                              zookeeper.servers(), free_port(),
                                              *stores[i]);
  }

  static bool until(const std::function<bool()>& holds) {
    return eventually(holds, 2 * patience);
  }

  /// The node that leads the partition; nodes.size() if none does.
  size_t leader(uint16_t partition) const {
    for (size_t i = 0; i < nodes.size(); ++i)
      if (nodes[i] && nodes[i]->leads(partition) != 0)
        return i;
    return nodes.size();
  }

  bool all_are_led() const {
    for (uint16_t i = 0; i < partitions; ++i)
      if (leader(i) == nodes.size())
        return false;
    return true;
  }

  size_t rows(size_t node, uint16_t partition) const {
    auto prefix = history::partition_prefix(partition);
    size_t count = 0;
    auto done = stores[node]->scan(history::family::state, prefix,
                                   history::prefix_end(prefix), false,
                                   [&](auto, auto) { return ++count > 0; });
    REQUIRE(done.has_value());
    return count;
  }

  size_t committed() const {
    size_t sum = 0;
    for (const auto& each : nodes)
      sum += each ? each->committed() : 0;
    return sum;
  }

  /// Has every partition commit so many rows.
  void write(int count, const std::string& key) {
    auto before = committed();
    for (uint16_t i = 0; i < partitions; ++i)
      for (int n = 0; n < count; ++n)
        nodes[leader(i)]->put(i, key + std::to_string(n));
    auto expected = before + static_cast<size_t>(count) * partitions;
    CHECK(until([&] { return committed() == expected; }));
  }

  zookeeper_process zookeeper;
  std::vector<std::unique_ptr<history::replica_store>> stores;
  std::vector<std::unique_ptr<cluster_node>> nodes;
};

} // namespace

TEST_CASE("I1, I6: three nodes with a real ZooKeeper lead, replicate, lose one "
          "of them and take it back") {
  three_real_nodes all;
  REQUIRE(all.until([&] { return all.all_are_led(); }));
  all.write(20, "first");
  for (uint16_t i = 0; i < partitions; ++i)
    CHECK(all.until([&] {
      return all.rows(0, i) == 20 && all.rows(1, i) == 20
             && all.rows(2, i) == 20;
    }));

  all.nodes[0].reset();
  REQUIRE(all.until([&] { return all.all_are_led(); }));
  all.write(20, "second");

  all.start(0);
  for (uint16_t i = 0; i < partitions; ++i)
    CHECK(all.until([&] { return all.rows(0, i) == 40; }));
  CHECK(all.until([&] { return all.all_are_led(); }));
}
