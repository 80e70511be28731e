#include "parley/cluster/router.hpp"

#include "parley/actors/leading_messages.hpp"
#include "parley/base/log.hpp"
#include "parley/cluster/link_messages.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

namespace parley::cluster {

namespace {

constexpr auto ask_ends_timeout = std::chrono::seconds{3};

struct router_state {
  caf::stateful_actor<router_state>* self = nullptr;
  router_ports ports;

  struct position {
    uint64_t epoch = 0;
    leadership::place where = leadership::place::none;
    rep::node_id node = 0;

    friend bool operator==(const position&, const position&) = default;
  };
  struct partition {
    rep::versioned_record record;
    uint64_t led = 0; ///< The epoch in which this node leads it; 0: it doesn't.
    position told;
  };
  struct peer {
    caf::actor replicator;
    std::vector<caf::actor> partitions;
  };
  std::vector<partition> all;
  std::map<rep::node_id, peer> peers;

  void start(router_ports with) {
    ports = std::move(with);
    all.resize(ports.partitions.size());
  }

  /// A leader is named by the record, but leads only once it has everything; a
  /// node elsewhere holds back what comes before that.
  void tell(uint16_t number) {
    auto& at = all[number];
    const auto& record = at.record.record;
    position next{record.epoch};
    caf::actor leader;
    if (at.led != 0 && at.led >= record.epoch) {
      next = {at.led, leadership::place::here, ports.self};
    } else if (auto found = peers.find(record.leader); found != peers.end()) {
      next.where = leadership::place::elsewhere;
      next.node = record.leader;
      leader = found->second.partitions[number];
    }
    if (at.told == next)
      return;
    at.told = next;
    self->send(ports.partitions[number],
               leadership{next.epoch,
                          next.where,
                          std::move(leader),
                          {record.lossy_epoch, record.lossy_gap}});
  }

  void tell_all_led_by(rep::node_id node) {
    for (size_t i = 0; i < all.size(); ++i)
      if (all[i].record.record.leader == node || all[i].told.node == node)
        tell(static_cast<uint16_t>(i));
  }

  void see(const record_seen& x) {
    self->send(ports.replicator, x);
    if (x.partition >= all.size()
        || x.record.version < all[x.partition].record.version)
      return;
    all[x.partition].record = x.record;
    tell(x.partition);
  }

  void up(peer_up& x) {
    if (x.partitions.size() != all.size())
      return log::error("link.unfit", "node={} partitions={}", x.node,
                        x.partitions.size());
    self->send(ports.replicator, peer_replicator{x.node, x.replicator});
    forget_told(x.node);
    peers[x.node] = {x.replicator, std::move(x.partitions)};
    tell_all_led_by(x.node);
  }

  void down(const peer_down& x) {
    self->send(ports.replicator, peer_replicator{x.node, nullptr});
    peers.erase(x.node);
    for (const auto& each : ports.partitions)
      self->send(each, node_gone{x.where});
    tell_all_led_by(x.node);
  }

  /// The same node with other handles: what was told of it is told again.
  void forget_told(rep::node_id node) {
    for (auto& each : all)
      if (each.told.node == node)
        each.told = {};
  }

  /// Null if there is no link to the node.
  caf::actor replicator_of(rep::node_id node) const {
    if (node == ports.self)
      return ports.replicator;
    auto found = peers.find(node);
    return found != peers.end() ? found->second.replicator : nullptr;
  }

  void ask(const ask_log_ends& x) {
    if (auto whom = replicator_of(x.node))
      self->request(whom, ask_ends_timeout, get_log_ends{x.partitions})
          .then([done = x.done](const log_ends& ends) { done(ends); },
                [](const caf::error&) {}); // The controller asks again.
  }

  void ask(const ask_hand_over& x) {
    if (auto whom = replicator_of(x.node))
      self->send(whom, x.what);
  }

  /// This node comes first.
  leaders known() const {
    leaders found;
    found.nodes.push_back({ports.self, self->node(), ports.partitions, {}});
    for (const auto& [number, x] : peers)
      found.nodes.push_back({number, x.replicator.node(), x.partitions, {}});
    for (size_t i = 0; i < all.size(); ++i) {
      auto which = static_cast<uint16_t>(i);
      auto who = std::find_if(
          found.nodes.begin(), found.nodes.end(),
          [&](const auto& x) { return x.number == all[i].told.node; });
      if (who != found.nodes.end())
        who->leads.push_back(which);
      else
        found.without.push_back(which);
    }
    return found;
  }

  void yield(const partition_yields& x) {
    self->send(ports.partitions[x.partition], yield_lead{x.epoch});
  }

  void led(uint16_t number, uint64_t epoch) {
    all[number].led = epoch;
    tell(number);
  }
};

caf::behavior router(caf::stateful_actor<router_state>* self,
                     router_ports ports) {
  self->state.self = self;
  self->state.start(std::move(ports));
  return {
      [self](const record_seen& x) { self->state.see(x); },
      [self](peer_up& x) { self->state.up(x); },
      [self](const peer_down& x) { self->state.down(x); },
      [self](const partition_led& x) { self->state.led(x.partition, x.epoch); },
      [self](const partition_lost& x) { self->state.led(x.partition, 0); },
      [self](const partition_yields& x) { self->state.yield(x); },
      [self](const get_leaders&) { return self->state.known(); },
      [self](const ask_log_ends& x) { self->state.ask(x); },
      [self](const ask_hand_over& x) { self->state.ask(x); },
  };
}

} // namespace

caf::actor spawn_router(caf::actor_system& sys, router_ports ports) {
  return sys.spawn(router, std::move(ports));
}

} // namespace parley::cluster
