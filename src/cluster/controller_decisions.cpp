#include "parley/base/log.hpp"
#include "parley/cluster/controller.hpp"

#include <algorithm>
#include <utility>

namespace parley::cluster {

using model::replication::election;
using model::replication::election_step;
using model::replication::find_node;
using model::replication::isr_member;
using model::replication::live_node;

/// Changes come in swarms; one look at all partitions serves many of them.
void controller::schedule() {
  if (!leads() || std::exchange(scheduled_, true))
    return;
  post_(rounds_.in_any([this] {
    scheduled_ = false;
    if (leads())
      decide();
  }));
}

void controller::decide() {
  if (!view_.complete())
    return;
  if (view_.records().size() < with_.cluster.partitions)
    create_records();
  elect_leaders();
}

/// Each has one replica, which has everything. Others come as nodes are moved
/// to.
void controller::create_seeded_records() {
  const auto& nodes = view_.nodes();
  auto seed = std::find_if(nodes.begin(), nodes.end(), [this](const auto& x) {
    return x.second.entry.instance == with_.cluster.seed;
  });
  if (seed == nodes.end())
    return;
  for (uint32_t i = 0; i < with_.cluster.partitions; ++i) {
    auto partition = static_cast<uint16_t>(i);
    if (view_.records().contains(partition) || busy_.contains(partition))
      continue;
    partition_record record;
    record.epoch = seed_epoch + 1;
    record.leader = seed->first;
    record.replicas = {seed->first};
    record.isr.push_back({seed->first, seed->second.incarnation});
    write(partition, record, std::nullopt, record.isr);
  }
}

/// All replicas are empty, so that all are in sync.
void controller::create_records() {
  if (!with_.cluster.seed.empty())
    return create_seeded_records();
  std::vector<model::placement_node> nodes;
  for (const auto& each : view_.placement()) {
    auto found = view_.nodes().find(each.node);
    if (each.weight > 0 && found != view_.nodes().end()
        && !found->second.entry.stopping)
      nodes.push_back(each);
  }
  if (nodes.size() < with_.cluster.replicas)
    return log::debug("cluster.waiting_for_nodes", "there={} needed={}",
                      nodes.size(), with_.cluster.replicas);
  for (uint32_t i = 0; i < with_.cluster.partitions; ++i) {
    auto partition = static_cast<uint16_t>(i);
    if (view_.records().contains(partition) || busy_.contains(partition))
      continue;
    partition_record record;
    record.epoch = 1;
    record.replicas = model::place(partition, nodes, with_.cluster.replicas);
    record.leader = record.replicas.front();
    for (auto node : record.replicas)
      record.isr.push_back({node, view_.nodes().at(node).incarnation});
    write(partition, record, std::nullopt, record.isr);
  }
}

std::optional<election> controller::election_of(uint16_t partition,
                                                const versioned_record& x,
                                                std::vector<live_node>& live) {
  auto inquired = inquiries_.find(partition);
  if (inquired != inquiries_.end() && inquired->second.version != x.version) {
    inquiries_.erase(inquired);
    inquired = inquiries_.end();
  }
  auto with_reports = inquired != inquiries_.end();
  for (auto& each : live) {
    each.last.reset();
    if (!with_reports)
      continue;
    auto given = inquired->second.reports.find(each.node);
    if (given != inquired->second.reports.end()
        && given->second.incarnation == each.incarnation)
      each.last = given->second.last;
  }
  auto out = model::replication::elect(x.record, live, {});
  return out.step == election_step::none ? std::nullopt
                                         : std::optional{std::move(out)};
}

void controller::elect_leaders() {
  auto live = view_.live();
  std::map<node_id, std::vector<asked_position>> asks;
  for (const auto& [partition, x] : view_.records()) {
    if (busy_.contains(partition))
      continue;
    auto next = election_of(partition, x, live);
    if (!next)
      continue;
    if (next->step == election_step::write)
      write(partition, next->record, x.version, next->must_be_current);
    if (next->step != election_step::ask)
      continue;
    auto& of = inquiries_[partition];
    of.version = x.version;
    for (auto node : next->ask) {
      auto [at, is_first] = of.asked.try_emplace(node, now_);
      if (!is_first && now_ - at->second < with_.ask_again)
        continue;
      at->second = now_;
      asks[node].push_back({partition, x.version});
    }
  }
  for (const auto& [node, of] : asks)
    port_.ask_last(node, view_.nodes().at(node).incarnation, of);
}

void controller::reported(node_id node, uint64_t incarnation,
                          const std::vector<reported_position>& what) {
  for (const auto& each : what) {
    auto of = inquiries_.find(each.asked.partition);
    if (of != inquiries_.end() && of->second.version == each.asked.version)
      of->second.reports[node] = {incarnation, each.last};
  }
  schedule();
}

void controller::balance() {
  if (!view_.complete())
    return;
  std::vector<model::placed_partition> idle;
  for (const auto& [partition, x] : view_.records())
    if (!busy_.contains(partition))
      idle.push_back({partition, x.record});
  move_replicas(idle);
  hand_over(idle);
}

void controller::move_replicas(
    const std::vector<model::placed_partition>& idle) {
  const auto nodes = view_.placement();
  for (const auto& each : idle)
    if (auto without = model::call_off(each.record, nodes))
      write(each.partition, *without,
            view_.records().at(each.partition).version, {});
  // A partition that is being written to is one under way.
  if (!busy_.empty())
    return;
  for (const auto& each : model::plan_moves(idle, nodes, with_.limits)) {
    auto coming = view_.nodes().find(each.coming);
    if (coming == view_.nodes().end() || coming->second.entry.stopping)
      continue;
    const auto& now = view_.records().at(each.partition);
    auto begun =
        model::replication::begin_change(now.record, each.coming, each.leaving);
    if (!begun)
      continue;
    log::info("cluster.move", "partition={} coming={} leaving={}",
              each.partition, each.coming, each.leaving);
    write(each.partition, *begun, now.version,
          {isr_member{each.coming, coming->second.incarnation}});
  }
}

void controller::hand_over(const std::vector<model::placed_partition>& idle) {
  auto nodes = view_.placement();
  for (auto& each : nodes) {
    auto found = view_.nodes().find(each.node);
    if (found != view_.nodes().end() && found->second.entry.stopping)
      each.weight = 0;
  }
  for (const auto& each :
       model::plan_hand_overs(idle, nodes, view_.live(), with_.limits)) {
    auto epoch = view_.records().at(each.partition).record.epoch;
    auto& asked = hand_overs_[each.partition];
    if (asked.epoch == epoch && now_ - asked.at < with_.hand_over_again)
      continue;
    asked = {epoch, now_};
    port_.hand_over(each.partition, epoch, each.from, each.to);
  }
}

} // namespace parley::cluster
