#include "parley/cluster/member.hpp"

#include "cluster/task_thread.hpp"

#include "parley/base/log.hpp"
#include "parley/cluster/links.hpp"
#include "parley/cluster/router.hpp"
#include "parley/config/address.hpp"

#include <caf/all.hpp>

#include <atomic>
#include <future>
#include <mutex>
#include <optional>
#include <utility>

namespace parley::cluster {

namespace {

using namespace std::chrono_literals;

constexpr auto beat_interval = 250ms;
constexpr auto leave_patience = 2s;

/// Where another node is, if it says something that can be.
std::optional<peer_address> address_of(const living_node& x) {
  auto at = config::parse_listen(x.entry.listen);
  if (!at || at->port == 0)
    return std::nullopt;
  return peer_address{x.entry.number, std::move(at->host), at->port,
                      x.incarnation};
}

} // namespace

/// Lives on the member's thread, but for what is said to be safe.
class member::state : public membership_observer,
                      public view_observer,
                      public controller_port {
public:
  state(member_settings with, connector connect,
        std::function<void(const std::string&)> refused)
      : with_(std::move(with)),
        began_(std::chrono::steady_clock::now()),
        refused_(std::move(refused)) {
    // The thread is the last to be made: its first task finds everything.
    thread_.emplace(beat_interval, [this] { beat(); });
    post([this, connect = std::move(connect)] { begin(connect); });
  }

  ~state() override { thread_.reset(); }

  void post(std::function<void()> task) { thread_->post(std::move(task)); }

  std::future<result<member_place>> place() { return placed_.get_future(); }

  void tell(member_actors whom) {
    actors_ = std::move(whom);
    if (!membership_)
      return;
    // A replicator without an incarnation takes no records.
    announce();
    for (const auto& [partition, record] : membership_->view().records())
      record_changed(partition, record);
  }

  void write(uint16_t partition, const rep::compare_and_set& what) {
    if (!membership_)
      return;
    auto done = [this, partition, token = what.token](rep::cas_outcome outcome,
                                                      uint64_t version) {
      if (actors_.replicator)
        caf::anon_send(actors_.replicator,
                       record_written{partition, token, outcome, version});
    };
    write_record(*client_, membership_->where(), partition, what, done);
  }

  void read(uint16_t partition, uint64_t token) {
    if (!membership_)
      return;
    auto done = [this, partition, token](const result<versioned_record>& x) {
      if (x && actors_.router)
        caf::anon_send(actors_.router, record_seen{partition, token, *x});
    };
    read_record(*client_, membership_->where(), partition, done);
  }

  void set_load(uint32_t sessions) {
    if (membership_)
      membership_->set_load(sessions);
  }

  void set_stopping(bool is) {
    if (membership_)
      membership_->set_stopping(is);
  }

  bool drains() const noexcept { return drains_; }

  std::shared_ptr<const std::vector<living_node>> alive() const {
    std::lock_guard lock{alive_guard_};
    return alive_;
  }

  void look(const std::function<void(cluster_picture)>& done) {
    cluster_picture all;
    if (membership_) {
      const auto& view = membership_->view();
      for (const auto& [number, node] : view.nodes())
        all.alive.push_back(node);
      all.members = view.members();
      all.draining = view.draining();
      all.records = view.records();
      all.partitions = with_.membership.own.partitions;
      all.replicas = with_.membership.own.replicas;
      all.placement = view.placement();
      all.leading_placement = view.leading_placement();
      all.live = view.live();
    }
    done(std::move(all));
  }

  void drain(const std::string& name, bool is, on_administered done) {
    if (!membership_)
      return done(error{errc::unavailable, "the node stops", 0});
    set_draining(*client_, membership_->where(), membership_->view(), name, is,
                 std::move(done));
  }

  void remove(const std::string& name, on_administered done) {
    if (!membership_)
      return done(error{errc::unavailable, "the node stops", 0});
    remove_node(*client_, membership_->where(), membership_->view(), name,
                std::move(done));
  }

  void force(const forced_wish& wish, on_forced done) {
    if (!membership_)
      return done(error{errc::unavailable, "the node stops", 0});
    if (forcing_ && !forcing_->is_over())
      return done(error{errc::conflict, "another one is under way", 0});
    forcing_ = std::make_shared<forced_election>(*client_, membership_->where(),
                                                 membership_->view(), wish,
                                                 std::move(done));
    forcing_->begin(
        [this](node_id node, const auto& of) { ask_last(node, 0, of); }, now());
  }

  void leave(std::shared_ptr<std::promise<void>> done) {
    if (!membership_ || !membership_->is_in())
      return done->set_value();
    leaving_ = true;
    membership_->leave([done](outcome) { done->set_value(); });
  }

  /// Ends what holds on to the client, and the client.
  void end() {
    controller_.reset();
    forcing_.reset();
    if (membership_)
      membership_->view().remove(*this);
    membership_.reset();
    client_.reset();
  }

private:
  instant now() const {
    return std::chrono::duration_cast<instant>(std::chrono::steady_clock::now()
                                               - began_);
  }

  void begin(const connector& connect) {
    client_ =
        connect([this](std::function<void()> task) { post(std::move(task)); });
    membership_ =
        std::make_unique<membership>(*client_, with_.membership, *this);
    membership_->view().add(*this);
  }

  void beat() {
    if (membership_ && !leaving_)
      membership_->tick(now());
    if (controller_)
      controller_->tick(now());
    if (forcing_)
      forcing_->tick(now());
    if (actors_.replicator)
      // The state machines take a time of 0 for none.
      caf::anon_send(actors_.replicator, replica_beat{now() + 1ms});
  }

  // -- its place

  void joined(const cluster_parameters& cluster, node_id number,
              uint64_t incarnation) override {
    log::info("cluster.joined", "cluster={} node={} incarnation={}",
              cluster.name, number, incarnation);
    if (!controller_) {
      controller_settings by;
      by.name = with_.membership.self.name;
      by.cluster = cluster;
      by.limits = with_.limits;
      by.limits.replicas = cluster.replicas;
      controller_ = std::make_unique<controller>(
          *client_, membership_->where(), membership_->view(),
          [this](std::function<void()> task) { post(std::move(task)); }, by,
          *this);
    }
    controller_->joined(incarnation);
    place_ = {cluster, number, incarnation};
    announce();
  }

  void left() override {
    log::warn("cluster.left", "the session is over");
    if (controller_)
      controller_->left();
  }

  void refused(const std::string& why) override {
    log::error("cluster.refused", "{}", why);
    if (!settled_)
      settle(error{errc::internal, why, 0});
    else if (refused_)
      refused_(why);
  }

  void settle(result<member_place> x) {
    if (!std::exchange(settled_, true))
      placed_.set_value(std::move(x));
  }

  /// Tells who this node is now and whom it should be linked with.
  void announce() {
    if (!actors_.links || !membership_->is_in())
      return;
    auto incarnation = membership_->incarnation();
    if (std::exchange(announced_, incarnation) != incarnation)
      caf::anon_send(actors_.replicator, parley::cluster::joined{incarnation});
    reach to{incarnation, {}};
    for (const auto& [number, node] : membership_->view().nodes())
      if (auto address = address_of(node);
          address && number != membership_->number())
        to.peers.push_back(std::move(*address));
    caf::anon_send(actors_.links, std::move(to));
  }

  // -- the view

  void node_changed(const living_node&) override { nodes_moved(); }
  void node_gone(const living_node&) override { nodes_moved(); }
  void roster_changed() override { nodes_moved(); }
  /// What is in the view is understood: data may be touched.
  void view_completed() override {
    nodes_moved();
    if (membership_->is_in())
      settle(place_);
  }
  void record_changed(uint16_t partition, const versioned_record& x) override {
    if (actors_.router)
      caf::anon_send(actors_.router, record_seen{partition, 0, x});
  }

  void nodes_moved() {
    auto now = std::make_shared<std::vector<living_node>>();
    const auto& view = membership_->view();
    for (const auto& [number, node] : view.nodes()) {
      now->push_back(node);
      if (view.draining().contains(node.entry.name))
        now->back().entry.stopping = true;
    }
    drains_ = view.draining().contains(with_.membership.self.name);
    {
      std::lock_guard lock{alive_guard_};
      alive_ = std::move(now);
    }
    announce();
  }

  // -- what the controller, or a forced election, asks of nodes

  void ask_last(node_id node, uint64_t,
                const std::vector<asked_position>& of) override {
    if (!actors_.router)
      return;
    ask_log_ends ask{node, {}, {}};
    for (const auto& each : of)
      ask.partitions.push_back(each.partition);
    ask.done = [this, node, of](const log_ends& x) {
      post([this, node, of, x] { report(node, of, x); });
    };
    caf::anon_send(actors_.router, std::move(ask));
  }

  void report(node_id node, const std::vector<asked_position>& of,
              const log_ends& x) {
    std::vector<reported_position> all;
    for (const auto& each : x.all)
      for (const auto& asked : of)
        if (asked.partition == each.partition)
          all.push_back({asked, each.last, each.sound});
    if (controller_)
      controller_->reported(node, x.incarnation, all);
    if (forcing_)
      forcing_->reported(node, x.incarnation, all);
  }

  void hand_over(uint16_t partition, uint64_t, node_id from,
                 node_id to) override {
    if (actors_.router)
      caf::anon_send(actors_.router,
                     ask_hand_over{from, give_up_lead{partition, to}});
  }

  member_settings with_;
  std::chrono::steady_clock::time_point began_;
  std::promise<result<member_place>> placed_;
  bool settled_ = false;
  member_place place_;
  std::function<void(const std::string&)> refused_;
  mutable std::mutex alive_guard_;
  std::shared_ptr<const std::vector<living_node>> alive_ =
      std::make_shared<const std::vector<living_node>>();
  std::atomic<bool> drains_{false};
  bool leaving_ = false;
  uint64_t announced_ = 0; ///< The incarnation that the replicator knows.
  std::unique_ptr<coordination> client_;
  std::unique_ptr<membership> membership_;
  std::unique_ptr<controller> controller_;
  std::shared_ptr<forced_election> forcing_; ///< The last one.
  member_actors actors_;
  std::optional<task_thread> thread_;
};

member::member(member_settings with, connector connect,
               std::function<void(const std::string&)> refused)
    : state_(std::make_shared<state>(std::move(with), std::move(connect),
                                     std::move(refused))) {}

member::~member() {
  state_->post([s = state_.get()] { s->end(); });
}

result<member_place> member::join(std::chrono::milliseconds patience) {
  auto place = state_->place();
  if (place.wait_for(patience) != std::future_status::ready)
    return error{errc::unavailable, "no session with ZooKeeper in time", 0};
  return place.get();
}

std::function<void(uint16_t, const rep::compare_and_set&)>
member::record_writer() {
  return [weak = std::weak_ptr{state_}](uint16_t partition,
                                        const rep::compare_and_set& what) {
    if (auto s = weak.lock())
      s->post([p = s.get(), partition, what] { p->write(partition, what); });
  };
}

std::function<void(uint16_t, uint64_t)> member::record_reader() {
  return [weak = std::weak_ptr{state_}](uint16_t partition, uint64_t token) {
    if (auto s = weak.lock())
      s->post([p = s.get(), partition, token] { p->read(partition, token); });
  };
}

void member::tell(member_actors whom) {
  state_->post([s = state_.get(), whom = std::move(whom)]() mutable {
    s->tell(std::move(whom));
  });
}

void member::set_load(uint32_t sessions) {
  state_->post([s = state_.get(), sessions] { s->set_load(sessions); });
}

void member::set_stopping(bool is) {
  state_->post([s = state_.get(), is] { s->set_stopping(is); });
}

bool member::drains() const {
  return state_->drains();
}

std::shared_ptr<const std::vector<living_node>> member::alive() const {
  return state_->alive();
}

void member::look(std::function<void(cluster_picture)> done) {
  state_->post([s = state_.get(), done = std::move(done)] { s->look(done); });
}

void member::drain(std::string name, bool is, on_administered done) {
  state_->post([s = state_.get(), name = std::move(name), is,
                done = std::move(done)] { s->drain(name, is, done); });
}

void member::remove(std::string name, on_administered done) {
  state_->post([s = state_.get(), name = std::move(name),
                done = std::move(done)] { s->remove(name, done); });
}

void member::force(forced_wish wish, on_forced done) {
  state_->post([s = state_.get(), wish, done = std::move(done)] {
    s->force(wish, done);
  });
}

void member::leave() {
  auto done = std::make_shared<std::promise<void>>();
  auto gone = done->get_future();
  state_->post([s = state_.get(), done] { s->leave(done); });
  gone.wait_for(leave_patience);
}

} // namespace parley::cluster
