#pragma once

#include "support/server_process.hpp"
#include "support/zookeeper_process.hpp"

#include <cstddef>
#include <list>
#include <map>
#include <string>

namespace parley::test {

/// Three real nodes and a real ZooKeeper on loopback, which share their keys.
/// Each node keeps its ports when it comes again.
class node_cluster {
public:
  /// What only one node has, when it is started.
  struct own {
    overrides settings = {};
    child_process::environment environment = {};
  };

  /// Waits until every partition has a leader.
  /// @param special by the nodes' names.
  explicit node_cluster(const overrides& settings = {},
                        std::map<std::string, own> special = {});

  size_t size() const { return nodes_.size(); }
  server_process& node(size_t at);
  zookeeper_process& zookeeper() { return zookeeper_; }

  /// The settings of one more node, or of one with its name.
  overrides settings_of(const std::string& name) const;

  /// Waits until every partition is led and all its replicas are in sync.
  bool is_whole();

  /// Which node leads what a user's or a conversation's name is at home in.
  size_t leader_of(const std::string& name);

private:
  overrides with_;
  std::map<std::string, own> special_;
  temporary_directory keys_;
  zookeeper_process zookeeper_;
  std::list<server_process> nodes_;
};

} // namespace parley::test
