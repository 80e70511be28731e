#pragma once

#include "cluster/certificates.hpp"
#include "support/network_hosts.hpp"
#include "support/server_process.hpp"
#include "support/zookeeper_process.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>

namespace parley::test {

class node_cluster;

/// What only one node has, when it is started.
struct node_options {
  overrides settings = {};
  child_process::environment environment = {};
};

struct cluster_options {
  overrides settings = {};                      ///< Of all nodes.
  child_process::environment environment = {};  ///< Likewise.
  std::map<std::string, node_options> own = {}; ///< By the nodes' names.
  size_t nodes = 3;
  std::string binary = {}; ///< If it is not the one under test.
  /// Each node has a host of its own, as have ZooKeeper and the clients, and
  /// nodes talk by TLS; else all are on loopback. Needs root.
  bool apart = false;
  /// The first node stands alone while this runs; the cluster begins with its
  /// data.
  std::function<void(node_cluster&)> alone = {};
};

/// Real nodes and a real ZooKeeper, which share their keys. Each node keeps its
/// address when it comes again.
class node_cluster {
public:
  /// Waits until every partition has a leader. With nodes apart, the thread is
  /// on the clients' host from now on, as long as this lives.
  explicit node_cluster(cluster_options with = {});

  size_t size() const { return nodes_.size(); }
  server_process& node(size_t at);
  /// Of those that run, counted round and round.
  server_process& running(size_t at);
  zookeeper_process& zookeeper() { return *zookeeper_; }

  /// The hosts, if the nodes are apart; node i is on host i.
  network_hosts& hosts() { return *hosts_; }
  size_t zookeeper_host() const { return nodes_max; }

  /// Starts one node more.
  server_process& add();

  /// The settings of one more node, or of one with its name.
  overrides settings_of(const std::string& name);

  /// Waits until every partition is led and all its replicas are in sync.
  bool is_whole();

  /// The node that leads each partition, by the partition.
  std::map<size_t, size_t> leaders();

  /// Which node leads what a user's or a conversation's name is at home in.
  size_t leader_of(const std::string& name);

  /// What one of the nodes that answer says to `cluster WHAT`; "" if none does.
  std::string ask(const std::string& what);

  /// Its partitions, and all that the nodes wrote: what a failure is told with.
  std::string account_of_itself();

  static constexpr size_t nodes_max = 5;
  static constexpr uint32_t partitions = 16;

private:
  void begin_alone();
  server_process& start(const std::string& name, const overrides& settings);
  std::string address(size_t host, uint16_t port) const;

  cluster_options with_;
  temporary_directory keys_;
  certificates certificates_;
  std::optional<network_hosts> hosts_;
  std::optional<network_hosts::visit> at_clients_;
  std::optional<zookeeper_process> zookeeper_;
  std::list<server_process> nodes_;
};

} // namespace parley::test
