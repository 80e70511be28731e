#include "parley/model/replication/replica.hpp"

#include <algorithm>
#include <utility>

/// How a leader changes who has to acknowledge: one compare-and-set at a time.
namespace parley::model::replication {

namespace {

constexpr uint8_t doublings_max = 3; ///< Of the time before a resignation.

} // namespace

const replica::peer* replica::find_peer(node_id node) const {
  for (const auto& each : leads_->peers)
    if (each.node == node)
      return &each;
  return nullptr;
}

/// Whether the peer speaks as the member that the record means (R6).
bool replica::is_current(const isr_member& m, const peer& p) const {
  return !rule().r6_incarnations || m.incarnation == p.incarnation;
}

/// Has not had, for longer than the deadline, all that there was.
bool replica::is_slow(const peer& p) const {
  return now_ - p.caught_up_at > with_->lag_deadline;
}

/// It would not hear what it is sent.
bool replica::is_lost(const peer& p) const {
  return p.lost_at != instant{0} && now_ - p.lost_at >= with_->lost_deadline;
}

/// Nobody should wait for it to acknowledge anything.
bool replica::drops_out(const peer& p) const {
  return is_slow(p) || is_lost(p) || p.leaves;
}

/// R5. Below the high watermark it would lack what is committed. And the high
/// watermark of a new leader may lag behind what the old one had committed;
/// all of that is below the end of the log with which the epoch began.
bool replica::may_join(const peer& p) const {
  if (p.next == 0 || drops_out(p))
    return false; // Its log is not known to be a part of this one; or silent.
  if (rule().r5_join_at_high_watermark && p.match < high_watermark_)
    return false;
  return !rule().r5_join_at_epoch_start || p.match >= leads_->epoch_start;
}

void replica::consider_change(effects& out) {
  auto& ledger = leads_->ledger;
  if (!ledger.idle())
    return;
  if (leads_->handing_over_until != instant{0}
      && leads_->handing_over_until < now_)
    leads_->handing_over_until = instant{0};
  if (ledger.known().leaving == with_->self
      && leads_->handing_over_until == instant{0}) {
    leads_->handing_over_to = 0;
    leads_->handing_over_until = now_ + with_->hand_over_deadline;
  }
  auto wanted = ledger.known();
  isr_set current;
  if (move_leadership(wanted, current) || add_joining(wanted, current)
      || take_out_slow(wanted) || take_out_leaving(wanted)
      || resign(wanted, current)) {
    if (const auto* self = find_node(wanted.isr, with_->self))
      current.push_back(*self);
    ledger.write(wanted, current, ++tokens_, out);
    if (!rule().r3_shrink_when_confirmed)
      advance(out);
  }
}

bool replica::add_joining(partition_record& wanted, isr_set& added) const {
  for (const auto& each : leads_->peers) {
    if (each.node == wanted.leaving || each.incarnation == 0 || !may_join(each))
      continue;
    auto as =
        isr_member{each.node, rule().r6_incarnations ? each.incarnation : 0};
    const auto* known = find_node(wanted.isr, each.node);
    if (known != nullptr && is_current(*known, each))
      continue;
    if (known == nullptr)
      wanted.isr.push_back(as);
    else
      *std::find(wanted.isr.begin(), wanted.isr.end(), *known) = as;
    added.push_back(as);
  }
  return !added.empty();
}

/// Down to the floor and no further (R7): there a slow member stops commits,
/// and nothing is lost. Where too few are left to commit with, leaving others
/// out is of no use to anyone, and one of them may be the next leader.
bool replica::take_out_slow(partition_record& wanted) const {
  if (!can_commit())
    return false;
  auto must_go = [this](const isr_member& m) {
    const auto* p = find_peer(m.node);
    return m.node != with_->self && (p == nullptr || drops_out(*p));
  };
  auto floor = rule().r7_floor ? with_->min_in_sync : 1;
  auto before = wanted.isr.size();
  while (wanted.isr.size() > floor) {
    auto slow = std::find_if(wanted.isr.begin(), wanted.isr.end(), must_go);
    if (slow == wanted.isr.end())
      break;
    wanted.isr.erase(slow);
  }
  return wanted.isr.size() < before;
}

/// Ends a change of the replica set, once the one that came is in sync.
bool replica::take_out_leaving(partition_record& wanted) const {
  auto node = wanted.leaving;
  if (node == 0 || node == with_->self)
    return false;
  auto in_sync = [&](node_id x) {
    return x == node || find_node(wanted.isr, x) != nullptr;
  };
  if (!std::all_of(wanted.replicas.begin(), wanted.replicas.end(), in_sync))
    return false;
  auto is_leaving = [&](const isr_member& m) {
    return m.node == node;
  };
  wanted.isr.erase(
      std::remove_if(wanted.isr.begin(), wanted.isr.end(), is_leaving),
      wanted.isr.end());
  wanted.replicas.erase(
      std::remove(wanted.replicas.begin(), wanted.replicas.end(), node),
      wanted.replicas.end());
  wanted.leaving = 0;
  return !rule().r7_floor || wanted.isr.size() >= with_->min_in_sync;
}

void replica::peer_leaves(node_id node, effects& out) {
  if (stopped() || !leads_)
    return;
  for (auto& each : leads_->peers)
    each.leaves = each.leaves || each.node == node;
  consider_change(out);
}

void replica::peer_lost(node_id node) {
  if (stopped() || !leads_)
    return;
  for (auto& each : leads_->peers)
    if (each.node == node)
      each.lost_at = now_;
}

void replica::hand_over(node_id to, effects& out) {
  if (stopped() || !leads_)
    return;
  leads_->handing_over_to = to;
  leads_->handing_over_until = now_ + with_->hand_over_deadline;
  consider_change(out);
}

/// To a member that has everything; so it has what is committed, as any member
/// does, and begins without a difference to make up for.
bool replica::move_leadership(partition_record& wanted, isr_set& target) const {
  if (leads_->handing_over_until == instant{0})
    return false;
  for (const auto& each : wanted.isr) {
    const auto* p = find_peer(each.node);
    const auto to = leads_->handing_over_to;
    if (p == nullptr || each.node == wanted.leaving || !is_current(each, *p)
        || p->match < log_.end() || (to != 0 && to != each.node))
      continue;
    target.push_back(each);
    wanted.leader = each.node;
    ++wanted.epoch;
    return true;
  }
  return false;
}

/// The member has not been heard for long, and has not restarted as far as is
/// known: it, or this replica, is cut off.
bool replica::is_silent(const isr_member& m) const {
  const auto* p = find_peer(m.node);
  return p != nullptr && now_ - p->heard_at > with_->lag_deadline
         && (p->incarnation == 0 || is_current(m, *p));
}

/// R14. With too few members at hand nothing can be committed, nor can anyone
/// be left out (R7); and as the session here lives, nobody else is elected. If
/// this node is the one that is cut off, any member that it does not hear does
/// better: as a member it has what is committed (R9), and ZooKeeper refuses the
/// write if its session has ended or is another one (R6, R12). If that one does
/// no better, it resigns in its turn. Who is heard is not cut off from here,
/// and would be no better a leader.
bool replica::resign(partition_record& wanted, isr_set& target) {
  auto& tried = leads_->resigned_to;
  const auto patience = with_->resign_after * (1 << resignations_);
  if (!rule().r14_resign || can_commit()
      || (tried.empty() && now_ - leads_->could_commit_at <= patience))
    return false;
  if (tried.empty())
    resignations_ = std::min<uint8_t>(resignations_ + 1, doublings_max);
  for (const auto& each : wanted.isr) {
    if (holds(tried, each.node) || !is_silent(each))
      continue;
    tried.push_back(each.node);
    target.push_back(each);
    wanted.leader = each.node;
    ++wanted.epoch;
    return true;
  }
  // All were refused: their nodes are dead, or have restarted.
  leads_->could_commit_at = now_;
  tried.clear();
  return false;
}

void replica::answered(uint64_t token, cas_outcome outcome, uint64_t version,
                       effects& out) {
  if (stopped() || !leads_)
    return;
  if (leads_->ledger.answered(token, outcome, version, ++tokens_, out))
    after_change(out);
}

/// The known record has changed: what it names is what counts now.
void replica::after_change(effects& out) {
  const auto& known = leads_->ledger.known();
  if (known.epoch > epoch_) {
    auto record = versioned_record{known, leads_->ledger.version()};
    adopt(record.record.epoch, record.record.leader, out);
    record_ = std::move(record);
    return;
  }
  know_peers();
  advance(out);
  consider_change(out);
}

} // namespace parley::model::replication
