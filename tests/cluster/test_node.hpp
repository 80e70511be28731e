#pragma once

#include "cluster/task_queue.hpp"

#include "parley/cluster/controller.hpp"
#include "parley/cluster/membership.hpp"

namespace parley::test {

using namespace std::chrono_literals;

inline cluster::cluster_parameters test_parameters(uint32_t partitions = 8) {
  return {"", "test", partitions, 3, 2, "same keys"};
}

inline cluster::membership_settings
test_settings(const std::string& name,
              const cluster::cluster_parameters& own = test_parameters()) {
  cluster::membership_settings out;
  out.self.name = name;
  out.self.instance = "disk of " + name;
  out.self.zone = "zone of " + name;
  out.self.listen = name + ":7000";
  out.self.public_url = "http://" + name;
  out.self.fingerprint = own.fingerprint;
  out.own = own;
  out.new_id = "made by " + name;
  return out;
}

/// A node of a cluster without its replicas: what the cluster tells it, and
/// what the controller on it asks of others, is kept for the test to see.
class test_node final : public cluster::membership_observer,
                        public cluster::controller_port {
public:
  struct hand_over_asked {
    uint16_t partition;
    uint64_t epoch;
    cluster::node_id from;
    cluster::node_id to;
  };
  struct last_asked {
    cluster::node_id node;
    uint64_t incarnation;
    cluster::asked_position of;
  };

  test_node(std::unique_ptr<cluster::coordination> by, cluster::executor post,
            const cluster::membership_settings& with)
      : name(with.self.name),
        client(std::move(by)),
        member(*client, with, *this),
        post_(std::move(post)) {}

  void tick(std::chrono::milliseconds now) {
    member.tick(now);
    if (control)
      control->tick(now);
  }

  bool controls() const { return control && control->leads(); }

  void joined(const cluster::cluster_parameters& to, cluster::node_id,
              uint64_t incarnation) override {
    cluster_id = to.id;
    incarnations.push_back(incarnation);
    if (!control)
      control.emplace(*client, member.where(), member.view(), post_,
                      cluster::controller_settings{name, to, limits}, *this);
    control->joined(incarnation);
  }
  void left() override {
    ++times_left;
    control->left();
  }
  void refused(const std::string& why) override { refusal = why; }

  void ask_last(cluster::node_id node, uint64_t incarnation,
                const std::vector<cluster::asked_position>& of) override {
    for (const auto& each : of)
      asked.push_back({node, incarnation, each});
  }
  void hand_over(uint16_t partition, uint64_t epoch, cluster::node_id from,
                 cluster::node_id to) override {
    hand_overs.push_back({partition, epoch, from, to});
  }

  const std::string name;
  model::rebalance_limits limits;
  std::unique_ptr<cluster::coordination> client;
  cluster::membership member;
  std::optional<cluster::controller> control;
  std::string cluster_id;
  std::vector<uint64_t> incarnations;
  int times_left = 0;
  std::string refusal;
  std::vector<last_asked> asked;
  std::vector<hand_over_asked> hand_overs;

private:
  cluster::executor post_;
};

} // namespace parley::test
