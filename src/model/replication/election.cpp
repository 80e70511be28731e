#include "parley/model/replication/election.hpp"

#include <algorithm>
#include <utility>

namespace parley::model::replication {

namespace {

const live_node* find_live(const std::vector<live_node>& live, node_id node) {
  for (const auto& each : live)
    if (each.node == node)
      return &each;
  return nullptr;
}

/// The new leader would wait for them until they are slow. Not where too few
/// are left to commit with: as for a leader, it would not help, and one of them
/// may be the next.
void leave_out_dead(isr_set& isr, const std::vector<live_node>& live,
                    size_t floor) {
  auto is_dead = [&](const isr_member& m) {
    return find_live(live, m.node) == nullptr;
  };
  auto current = std::count_if(isr.begin(), isr.end(), [&](const auto& m) {
    return is_current(live, m);
  });
  if (static_cast<size_t>(current) >= floor)
    isr.erase(std::remove_if(isr.begin(), isr.end(), is_dead), isr.end());
}

election won_by(const partition_record& record, const live_node& winner,
                const rules& rule) {
  election out{election_step::write, {}, record, {}};
  auto as =
      isr_member{winner.node, rule.r6_incarnations ? winner.incarnation : 0};
  ++out.record.epoch;
  out.record.leader = winner.node;
  auto& isr = out.record.isr;
  auto entry = std::find_if(isr.begin(), isr.end(), [&](const auto& m) {
    return m.node == winner.node;
  });
  if (entry == isr.end())
    isr.push_back(as);
  else if (entry->incarnation != winner.incarnation)
    *entry = as;
  if (rule.r6_incarnations)
    out.must_be_current.push_back(as);
  return out;
}

/// Of the members that reported, the greatest; the earlier one of equals.
const live_node* greatest(const node_set& among,
                          const std::vector<live_node>& live) {
  const live_node* best = nullptr;
  for (auto node : among) {
    const auto* each = find_live(live, node);
    if (each == nullptr || !each->last)
      continue;
    if (best == nullptr || *each->last > *best->last)
      best = each;
  }
  return best;
}

} // namespace

bool is_current(const std::vector<live_node>& live, const isr_member& m) {
  const auto* node = find_live(live, m.node);
  return node != nullptr && node->incarnation == m.incarnation;
}

election elect(const partition_record& record,
               const std::vector<live_node>& live, size_t min_in_sync,
               const rules& rule) {
  const auto* leader = find_node(record.isr, record.leader);
  if (leader != nullptr && is_current(live, *leader))
    return {};
  node_set members;
  for (auto node : record.replicas) {
    const auto* member = find_node(record.isr, node);
    const auto* here = find_live(live, node);
    if (member == nullptr && rule.r9_elect_in_sync)
      continue;
    members.push_back(node);
    auto eligible = here != nullptr
                    && (!rule.r12_restarted_not_eligible || member == nullptr
                        || member->incarnation == here->incarnation);
    if (eligible) {
      auto won = won_by(record, *here, rule);
      leave_out_dead(won.record.isr, live, rule.r7_floor ? min_in_sync : 1);
      return won;
    }
  }
  election out{election_step::wait, {}, {}, {}};
  for (auto node : members) {
    const auto* here = find_live(live, node);
    if (here == nullptr && rule.r12_greatest_of_all)
      return {election_step::wait, {}, {}, {}};
    if (here != nullptr && !here->last)
      out.ask.push_back(node);
  }
  if (!out.ask.empty()) {
    out.step = election_step::ask;
    return out;
  }
  const auto* best = greatest(members, live);
  return best == nullptr ? out : won_by(record, *best, rule);
}

election force_elect(const partition_record& record,
                     const std::vector<live_node>& live, const node_set& known,
                     uint64_t gap) {
  const auto* best = greatest(record.replicas, live);
  if (best == nullptr)
    return {election_step::wait, {}, {}, {}};
  auto out = won_by(record, *best, {});
  auto& next = out.record;
  next.isr = out.must_be_current;
  next.leaving = 0;
  next.replicas.erase(std::remove_if(next.replicas.begin(), next.replicas.end(),
                                     [&](node_id node) {
                                       return node != best->node
                                              && !holds(known, node);
                                     }),
                      next.replicas.end());
  next.lossy_epoch = next.epoch;
  next.lossy_gap += gap;
  return out;
}

std::optional<partition_record> begin_change(const partition_record& record,
                                             node_id coming, node_id leaving) {
  auto is_known = holds(record.replicas, coming);
  auto can_leave = leaving == 0 || holds(record.replicas, leaving);
  if (record.leaving != 0 || is_known || coming == 0 || !can_leave
      || record.replicas.size() == replicas_max)
    return std::nullopt;
  auto out = record;
  ++out.epoch;
  out.replicas.push_back(coming);
  out.leaving = leaving;
  return out;
}

} // namespace parley::model::replication
