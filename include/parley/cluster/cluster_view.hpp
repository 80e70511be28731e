#pragma once

#include "parley/cluster/coordination.hpp"
#include "parley/cluster/node_entry.hpp"
#include "parley/cluster/partition_records.hpp"
#include "parley/cluster/roster.hpp"
#include "parley/model/replication/election.hpp"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace parley::cluster {

/// Whoever wants to hear of changes of the view. Told after the view changed.
class view_observer {
public:
  virtual ~view_observer() = default;
  /// A node came, said something new, or has another incarnation.
  virtual void node_changed(const living_node&) {}
  virtual void node_gone(const living_node&) {}
  virtual void record_changed(uint16_t, const versioned_record&) {}
  virtual void roster_changed() {} ///< Or who drains.
  /// All has been read, in this session.
  virtual void view_completed() {}
  /// Something is not of this version's making: its text says what.
  virtual void view_misread(const std::string&) {}
};

/// What this node knows of its cluster: as the coordination service told it,
/// some milliseconds ago. Used by tasks of the client's executor only.
class cluster_view {
public:
  cluster_view(coordination& by, const paths& at);
  ~cluster_view();
  cluster_view(const cluster_view&) = delete;
  cluster_view& operator=(const cluster_view&) = delete;

  /// Reads everything anew, for the begin of a session, when all folders are
  /// there. What was known stays until it is known better.
  void follow();
  /// Repeats reads that failed.
  void retry();

  void add(view_observer& one) { observers_.push_back(&one); }
  void remove(view_observer& one) { std::erase(observers_, &one); }

  bool complete() const noexcept { return missing_ == 0; }
  const std::map<node_id, living_node>& nodes() const { return nodes_; }
  const std::map<uint16_t, versioned_record>& records() const {
    return records_;
  }
  const roster& members() const { return roster_; }
  const std::set<std::string>& draining() const { return draining_; }

  /// The living nodes, for an election.
  std::vector<model::replication::live_node> live() const;
  /// Those that belong to the cluster, for the placement.
  std::vector<model::placement_node> placement() const {
    return to_placement(roster_, draining_);
  }
  /// Likewise, of leadership: who stops gets none any more.
  std::vector<model::placement_node> leading_placement() const;
  /// Replicas that this node still holds; 0 once it is drained.
  size_t held_by(node_id node) const;

  /// Takes a record over that this node wrote or read itself, if it is newer.
  void learn(uint16_t partition, const versioned_record& x);

private:
  struct followed;

  void node_read(const std::string& name, const read_answer& x);
  void node_lost(const std::string& name);
  void record_read(const std::string& name, const read_answer& x);
  void roster_read(const read_answer& x);
  void completed();
  template <class F>
  void tell(F f);

  std::vector<view_observer*> observers_;
  std::map<node_id, living_node> nodes_;
  std::map<std::string, node_id> numbers_; ///< Of living nodes.
  std::map<uint16_t, versioned_record> records_;
  roster roster_;
  std::set<std::string> draining_;
  size_t missing_ = 1; ///< Parts that are not read yet.
  std::unique_ptr<followed> followed_;
};

} // namespace parley::cluster
