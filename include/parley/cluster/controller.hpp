#pragma once

#include "parley/cluster/cluster_parameters.hpp"
#include "parley/cluster/cluster_view.hpp"
#include "parley/cluster/rounds.hpp"
#include "parley/model/rebalance.hpp"
#include "parley/model/replication/replica.hpp"

#include <set>

namespace parley::cluster {

using model::replication::instant;
using model::replication::position;

struct controller_settings {
  std::string name; ///< Of this node.
  cluster_parameters cluster;
  model::rebalance_limits limits; ///< `replicas` is the cluster's.
  std::chrono::milliseconds ask_again{2'000};
  std::chrono::milliseconds hand_over_again{10'000};
};

/// Of which replica a node is asked for `last_synced()`, and since when: the
/// answer has to be given after the record got this version.
struct asked_position {
  uint16_t partition = 0;
  uint64_t version = 0;
};

struct reported_position {
  asked_position asked;
  position last;
  bool sound = true; ///< As `replica::is_sound()` says.
};

/// What the controller asks of nodes. May be lost; it asks again.
class controller_port {
public:
  virtual ~controller_port() = default;
  /// To be answered by `controller::reported`, with the replicas that are
  /// there and not damaged.
  virtual void ask_last(node_id node, uint64_t incarnation,
                        const std::vector<asked_position>& of) = 0;
  /// The leader of this epoch gives its place to `to`.
  virtual void hand_over(uint16_t partition, uint64_t epoch, node_id from,
                         node_id to) = 0;
};

/// One node of the cluster decides who leads, and where replicas belong. All
/// run this, and one at a time is elected. What it decides comes from `model`;
/// each write is a compare-and-set on the record (R11) and on the controllers'
/// own epoch, so that one that was deposed while it slept changes nothing.
///
/// It needs no R13: it believes what it reads for the next compare-and-set
/// only, and that is refused if a write in doubt arrived in between. Used by
/// tasks of the client's executor only.
class controller final : private view_observer {
public:
  /// All but the settings outlive this.
  controller(coordination& by, const paths& at, cluster_view& view,
             executor post, controller_settings with, controller_port& port);
  ~controller() override;
  controller(const controller&) = delete;
  controller& operator=(const controller&) = delete;

  /// The node is in the cluster, in this incarnation: stands for election.
  void joined(uint64_t incarnation);
  /// The node's session is over.
  void left();

  /// Repeats what failed and balances; to be called about once a second.
  void tick(instant now);

  void reported(node_id node, uint64_t incarnation,
                const std::vector<reported_position>& what);

  bool leads() const noexcept { return step_ == step::leading; }
  /// Writes under way.
  size_t busy() const noexcept { return busy_.size(); }

private:
  enum class step : uint8_t { out, standing, waiting, leading };

  struct report {
    uint64_t incarnation = 0;
    position last;
  };
  /// What is known for one election among restarted replicas.
  struct inquiry {
    uint64_t version = 0; ///< Of the record; another one starts anew.
    std::map<node_id, report> reports;
    std::map<node_id, instant> asked;
  };
  struct hand_over_asked {
    uint64_t epoch = 0;
    instant at{0};
  };

  // controller.cpp: being elected, and writing
  void stand();
  void stall();
  void look_at_holder();
  void take_epoch();
  void begin_to_lead(uint64_t guard);
  void resign();
  void write(uint16_t partition, const partition_record& record,
             std::optional<uint64_t> expected,
             const model::replication::isr_set& must_be_current);
  void written(uint16_t partition, const partition_record& record,
               uint64_t version, const commit_answer& x);
  void read_afresh(uint16_t partition);

  // controller_decisions.cpp
  void schedule();
  void decide();
  void create_records();
  std::vector<model::placement_node> founders() const;
  void elect_leaders();
  std::vector<model::placed_partition> idle_partitions() const;
  void balance();
  void move_replicas(const std::vector<model::placed_partition>& idle);
  void hand_over(const std::vector<model::placed_partition>& idle);
  std::optional<model::replication::election>
  election_of(uint16_t partition, const versioned_record& x,
              std::vector<model::replication::live_node>& live);

  void node_changed(const living_node&) override { schedule(); }
  void node_gone(const living_node&) override { schedule(); }
  void record_changed(uint16_t, const versioned_record&) override {
    schedule();
  }
  void view_completed() override { schedule(); }

  coordination& by_;
  const paths& at_;
  cluster_view& view_;
  executor post_;
  controller_settings with_;
  controller_port& port_;
  step step_ = step::out;
  bool stalled_ = false;
  bool scheduled_ = false;
  uint64_t incarnation_ = 0;
  uint64_t guard_ = 0; ///< Version of the controllers' epoch while this leads.
  instant now_{0};
  std::set<uint16_t> busy_;   ///< A write, or the read after it, is under way.
  std::set<uint16_t> unread_; ///< Of them, whose read failed.
  std::map<uint16_t, inquiry> inquiries_;
  std::map<uint16_t, hand_over_asked> hand_overs_;
  rounds rounds_;
};

} // namespace parley::cluster
