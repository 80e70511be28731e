#pragma once

#include "parley/cluster/cluster_parameters.hpp"
#include "parley/cluster/cluster_view.hpp"
#include "parley/cluster/rounds.hpp"

#include <chrono>

namespace parley::cluster {

/// Time since any fixed moment; never goes back.
using instant = std::chrono::milliseconds;

struct membership_settings {
  node_entry self;        ///< All but its number.
  cluster_parameters own; ///< All but the id, which is `new_id` if it is new.
  std::string new_id;     ///< Random, for the case that this node is the first.
  std::string stored_id;  ///< Of the cluster whose data this node has; or "".
  bool brings_data = false; ///< It has data, and they are of no cluster yet.
  std::chrono::milliseconds load_interval{5'000};
};

/// What a node hears of its own place in the cluster.
class membership_observer {
public:
  virtual ~membership_observer() = default;
  /// It is in, as this number, in this incarnation, until `left`. What is in
  /// the view may not be understood: data is touched after `view_completed`.
  virtual void joined(const cluster_parameters& cluster, node_id number,
                      uint64_t incarnation) = 0;
  /// The session is over. It joins again by itself, in another incarnation.
  virtual void left() = 0;
  /// It may not join. Nothing more is tried; the node should say why and stop.
  virtual void refused(const std::string& why) = 0;
};

/// A node's place in its cluster: joins when there is a session, again when
/// there is a new one, and keeps the view. Used by tasks of the client's
/// executor only.
class membership final : private view_observer {
public:
  /// @param by and `tell` outlive this.
  membership(coordination& by, membership_settings with,
             membership_observer& tell);
  ~membership() override;
  membership(const membership&) = delete;
  membership& operator=(const membership&) = delete;

  /// Repeats what failed and writes the load if it is due; to be called now
  /// and then, say once a second.
  void tick(instant now);

  /// What the entry says, with the next tick that may write it.
  void set_load(uint32_t sessions);
  /// At once.
  void set_stopping(bool is);

  /// Takes the entry back, so that nobody waits for the session's end. This
  /// is then of no more use.
  void leave(std::function<void(outcome)> done);

  cluster_view& view() noexcept { return view_; }
  const paths& where() const noexcept { return at_; }
  bool is_in() const noexcept { return step_ == step::in; }
  uint64_t incarnation() const noexcept { return incarnation_; }
  node_id number() const noexcept { return with_.self.number; }

private:
  enum class step : uint8_t { out, joining, in, over };

  void session_changed(const session_event& x);
  void begin();
  void stall(outcome why);
  void refuse(const std::string& why);

  void make_folders();
  void read_parameters();
  void enter_roster();
  void create_entry();
  void look_at_holder();
  void take_over(const entry_stat& from, bool with_incarnation);
  void announce();
  void now_in();

  void write_entry();
  void node_changed(const living_node& x) override;
  void view_completed() override { seen_all_ = true; }
  void view_misread(const std::string& why) override;

  coordination& by_;
  membership_settings with_;
  membership_observer& tell_;
  paths at_;
  cluster_view view_;
  cluster_parameters cluster_;
  step step_ = step::out;
  bool stalled_ = false;
  uint64_t session_ = 0;
  uint64_t incarnation_ = 0;
  bool following_ = false;
  bool seen_all_ = false;    ///< Once, since the start.
  bool entry_stale_ = false; ///< It does not say what it should.
  bool entry_open_ = false;  ///< A write of it is under way.
  instant entry_written_{0};
  instant now_{0};
  rounds rounds_;
  subscription listening_;
};

} // namespace parley::cluster
