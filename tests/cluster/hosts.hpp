#pragma once

#include "parley/cluster/replica_host.hpp"
#include "parley/history/open.hpp"

#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace parley::test {

namespace rep = model::replication;

/// Three nodes with one partition, the record of it, and the messages between
/// them. A seed says which messages are lost, doubled and late.
class hosts {
public:
  static constexpr uint16_t partition = 5;

  explicit hosts(unsigned seed = 0, uint32_t log_entries_kept = 1'000);
  ~hosts();

  /// Lets everything happen that is under way; time passes by so many beats.
  void run(int beats = 8);

  /// Writes the record of a new epoch, which all living nodes see.
  void elect(rep::node_id leader);
  void set_replicas(std::vector<rep::node_id> nodes);

  void start(rep::node_id node);
  void crash(rep::node_id node); ///< Its store stays.
  void wipe(rep::node_id node);  ///< Its store goes.

  /// Proposes to write a row `key`.
  void put(rep::node_id at, const std::string& key);
  /// All keys that the node's state has.
  std::string keys(rep::node_id at) const;
  history::replica_store& store(rep::node_id at);
  cluster::replica_host& host(rep::node_id at);

  rep::versioned_record record;
  std::map<rep::node_id, size_t> committed; ///< By this life of the node.
  std::map<rep::node_id, uint64_t> led;     ///< The epoch, 0: does not lead.
  std::map<rep::node_id, size_t> copies;    ///< Snapshots taken from others.
  std::map<rep::node_id, size_t> disk_reads;
  std::string failure;
  int lost_percent = 0;
  int doubled_percent = 0;

private:
  struct node;
  struct packet {
    rep::node_id to = 0;
    rep::message what;
  };

  bool step();
  void copy(node& to, rep::node_id from);
  bool chance(int percent);

  cluster::host_settings settings(rep::node_id self) const;

  uint32_t log_entries_kept_;
  std::mt19937 random_;
  rep::instant now_{1};
  uint64_t creations_ = 0;
  std::map<rep::node_id, std::unique_ptr<node>> nodes_;
  std::deque<packet> packets_;
};

} // namespace parley::test
