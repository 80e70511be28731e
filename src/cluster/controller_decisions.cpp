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
  hand_over(idle_partitions());
}

/// From which the first replicas are chosen; none as long as those are not
/// there that it takes. Of a cluster with a seed it is that one alone, which
/// has everything; others come as replicas are moved.
std::vector<model::placement_node> controller::founders() const {
  const auto& seed = with_.cluster.seed;
  const auto& living = view_.nodes();
  std::vector<model::placement_node> found;
  if (!seed.empty()) {
    for (const auto& [number, node] : living)
      if (node.entry.instance == seed)
        found.push_back({number, 1, node.entry.zone});
    return found;
  }
  for (const auto& each : view_.leading_placement())
    if (each.weight > 0 && living.contains(each.node))
      found.push_back(each);
  if (found.size() >= with_.cluster.replicas)
    return found;
  log::debug("cluster.waiting_for_nodes", "there={} needed={}", found.size(),
             with_.cluster.replicas);
  return {};
}

/// All of the first replicas have what there is, so that all are in sync.
void controller::create_records() {
  const auto nodes = founders();
  if (nodes.empty())
    return;
  for (uint32_t i = 0; i < with_.cluster.partitions; ++i) {
    auto partition = static_cast<uint16_t>(i);
    if (view_.records().contains(partition) || busy_.contains(partition))
      continue;
    partition_record record;
    record.epoch = with_.cluster.seed.empty() ? 1 : seed_epoch + 1;
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
  auto out =
      model::replication::elect(x.record, live, with_.cluster.min_in_sync, {});
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

/// The partitions that nothing is being written to.
std::vector<model::placed_partition> controller::idle_partitions() const {
  std::vector<model::placed_partition> all;
  for (const auto& [partition, x] : view_.records())
    if (!busy_.contains(partition))
      all.push_back({partition, x.record});
  return all;
}

void controller::balance() {
  if (view_.complete())
    move_replicas(idle_partitions());
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
  for (const auto& each : model::plan_hand_overs(
           idle, view_.leading_placement(), view_.live(), with_.limits)) {
    auto epoch = view_.records().at(each.partition).record.epoch;
    auto& asked = hand_overs_[each.partition];
    if (asked.epoch == epoch && now_ - asked.at < with_.hand_over_again)
      continue;
    asked = {epoch, now_};
    port_.hand_over(each.partition, epoch, each.from, each.to);
  }
}

} // namespace parley::cluster
