#include "parley/model/replication/replica.hpp"

#include <algorithm>
#include <utility>

/// What a leader does with its log: sending it and committing it.
namespace parley::model::replication {

void replica::begin_to_lead(effects& out) {
  leads_ = std::make_unique<leadership>(rule(), record_);
  leads_->epoch_start = log_.end();
  leads_->could_commit_at = now_;
  leader_ = with_->self;
  copying_ = false;
  know_peers();
  out.emplace_back(lead{epoch_});
  for (auto& each : leads_->peers)
    beat(each, out);
  advance(out);
}

/// Keeps one peer for each other replica of the record.
void replica::know_peers() {
  auto& peers = leads_->peers;
  const auto& nodes = leads_->ledger.known().replicas;
  peers.erase(std::remove_if(peers.begin(), peers.end(),
                             [&](auto& x) { return !holds(nodes, x.node); }),
              peers.end());
  for (auto node : nodes) {
    if (node == with_->self || find_peer(node) != nullptr)
      continue;
    peers.push_back(new_peer(node));
  }
}

replica::peer replica::new_peer(node_id node) const {
  peer out;
  out.node = node;
  out.goal = log_.end();
  out.goal_at = out.caught_up_at = out.moved_at = out.heard_at = now_;
  return out;
}

/// The peer that sent this; a new incarnation of it begins with nothing.
replica::peer* replica::peer_of(const header& from) {
  for (auto& each : leads_->peers) {
    if (each.node != from.from)
      continue;
    if (from.incarnation < each.incarnation && rule().r6_incarnations)
      return nullptr;
    each.heard_at = now_;
    each.lost_at = instant{0};
    if (each.incarnation == from.incarnation || !rule().r6_incarnations) {
      each.incarnation = from.incarnation;
      return &each;
    }
    auto since = each.caught_up_at;
    each = new_peer(from.from);
    each.incarnation = from.incarnation;
    each.caught_up_at = since;
    return &each;
  }
  return nullptr;
}

void replica::on(const appended& m, effects& out) {
  auto* from = leads_ ? peer_of(m.head) : nullptr;
  if (from == nullptr || m.match > log_.end())
    return;
  if (m.match > from->match) {
    from->match = m.match;
    from->moved_at = now_;
  }
  if (from->next == 0) {
    from->next = std::min(m.end, log_.end()) + 1;
    from->moved_at = now_;
  }
  from->next = std::max(from->next, from->match + 1);
  from->round = std::max(from->round, m.round);
  if (from->match >= from->goal) {
    from->caught_up_at = from->goal_at;
    from->goal = log_.end();
    from->goal_at = now_;
  }
  push(*from, out);
  advance(out);
  consider_change(out);
}

void replica::on(const locate& m, effects& out) {
  auto* from = leads_ ? peer_of(m.head) : nullptr;
  if (from == nullptr)
    return;
  from->next = 0;
  auto boundary = log_.boundary(m.last.epoch);
  auto is_gone =
      !boundary
      || (boundary->epoch == m.last.epoch && m.last.index < log_.base().index);
  if (is_gone)
    out.emplace_back(send{m.head.from, too_old{head(), m.last}});
  else
    out.emplace_back(send{m.head.from, located{head(), m.last, *boundary}});
}

/// Sends what the peer's window admits.
void replica::push(peer& to, effects& out) {
  if (to.next == 0)
    return;
  if (to.next <= log_.base().index) {
    // Trimmed away: the peer will ask, and be told to take a snapshot.
    to.next = 0;
    return beat(to, out);
  }
  auto upto = std::min(log_.end(), to.match + with_->in_flight_entries_max);
  if (to.next == to.match + 1)
    to.moved_at = now_; // Nothing is under way, so nothing is late.
  while (to.next <= upto) {
    auto last = std::min(upto, to.next + with_->batch_entries_max - 1);
    auto prev = to.next - 1;
    auto what = append{head(),
                       {*log_.epoch_at(prev), prev},
                       high_watermark_,
                       leads_->round,
                       {}};
    auto until = position{*log_.epoch_at(last), last};
    out.emplace_back(send_entries{to.node, std::move(what), until});
    to.next = last + 1;
    to.told = true;
  }
}

void replica::beat(peer& to, effects& out) {
  auto prev = to.next == 0 ? log_.end() : to.next - 1;
  auto epoch = log_.epoch_at(prev);
  auto after = epoch ? position{*epoch, prev} : log_.last();
  to.told = true;
  out.emplace_back(
      send{to.node, append{head(), after, high_watermark_, leads_->round, {}}});
}

admission replica::propose(shared_bytes payload, effects& out) {
  if (!leads_ || leads_->handing_over_until != instant{0})
    return admission::not_leader;
  if (!can_commit())
    return admission::too_few_in_sync;
  const auto bytes = payload.size();
  if (log_.end() - high_watermark_ >= with_->uncommitted_entries_max
      || leads_->open_bytes_sum + bytes > with_->uncommitted_bytes_max
      || unsynced_.size() >= with_->unsynced_writes_max)
    return admission::window_full;
  log_.push(epoch_);
  persist what;
  what.entries.push_back(
      {partition_, 0, epoch_, log_.end(), std::move(payload)});
  what.entries.back().crc32c = checksum(what.entries.back());
  leads_->open_bytes.push_back(static_cast<uint32_t>(bytes));
  leads_->open_bytes_sum += bytes;
  write(std::move(what), out);
  for (auto& each : leads_->peers)
    push(each, out);
  advance(out);
  return admission::accepted;
}

/// Whether enough members have kept up lately for an entry to be committed.
bool replica::can_commit() const {
  const auto& isr = leads_->ledger.known().isr;
  auto here = std::count_if(isr.begin(), isr.end(), [this](const auto& m) {
    if (m.node == with_->self)
      return true;
    const auto* p = find_peer(m.node);
    return p != nullptr && is_current(m, *p) && !is_slow(*p);
  });
  return !rule().r7_floor || static_cast<size_t>(here) >= with_->min_in_sync;
}

uint64_t replica::acked_by(const isr_member& m) const {
  if (m.node == with_->self)
    return acknowledgeable();
  const auto* p = find_peer(m.node);
  return p != nullptr && is_current(m, *p) ? p->match : 0;
}

/// Up to where everyone who has to acknowledge has done so in this epoch.
uint64_t replica::committable() const {
  const auto& ledger = leads_->ledger;
  if (!rule().r2_commit_by_all) {
    std::vector<uint64_t> acked{acknowledgeable()};
    for (const auto& each : leads_->peers)
      acked.push_back(each.match);
    std::sort(acked.begin(), acked.end(), std::greater<>{});
    return acked[acked.size() / 2];
  }
  if (rule().r7_floor && ledger.known().isr.size() < with_->min_in_sync)
    return 0;
  auto upto = log_.end();
  ledger.all_of([&](const isr_member& m) {
    upto = std::min(upto, acked_by(m));
    return upto > high_watermark_;
  });
  return upto;
}

void replica::advance(effects& out) {
  if (auto upto = committable(); upto > high_watermark_) {
    high_watermark_ = upto;
    forget_open();
  }
  apply_committed(out);
  close_round(out);
}

/// Gives back the window of what is committed.
void replica::forget_open() {
  auto& open = leads_->open_bytes;
  auto left = std::min<uint64_t>(log_.end() - high_watermark_, open.size());
  auto kept = open.end() - static_cast<std::ptrdiff_t>(left);
  for (auto i = open.begin(); i != kept; ++i)
    leads_->open_bytes_sum -= *i;
  open.erase(open.begin(), kept);
}

admission replica::confirm_reads(uint64_t ticket, effects& out) {
  if (!leads_)
    return admission::not_leader;
  leads_->reads_asked = std::max(leads_->reads_asked, ticket);
  if (!leads_->round_open)
    open_round(out);
  return admission::accepted;
}

/// A round is answered by members that have not yet seen a higher epoch; one
/// at a time, so that reads cost a message a round and not one each.
void replica::open_round(effects& out) {
  leads_->round_open = true;
  leads_->reads_in_round = leads_->reads_asked;
  ++leads_->round;
  for (auto& each : leads_->peers)
    beat(each, out);
  close_round(out);
}

void replica::close_round(effects& out) {
  if (!leads_->round_open || high_watermark_ < leads_->epoch_start
      || applied_ < high_watermark_)
    return;
  auto answered_by = [this](const isr_member& m) {
    if (m.node == with_->self)
      return true;
    const auto* p = find_peer(m.node);
    return p != nullptr && is_current(m, *p) && p->round >= leads_->round;
  };
  if (!leads_->ledger.all_of(answered_by))
    return;
  leads_->round_open = false;
  out.emplace_back(reads_confirmed{leads_->reads_in_round});
  if (leads_->reads_asked > leads_->reads_in_round)
    open_round(out);
}

void replica::tick_as_leader(effects& out) {
  leads_->ledger.retry(out);
  for (auto& each : leads_->peers) {
    auto is_stuck = each.next > each.match + 1
                    && now_ - each.moved_at >= with_->resend_after;
    if (is_stuck) {
      each.next = each.match + 1;
      each.moved_at = now_;
    }
    push(each, out);
    if (!each.told)
      beat(each, out);
    each.told = false;
  }
  if (can_commit()) {
    leads_->could_commit_at = now_;
    leads_->resigned_to.clear();
    resignations_ = 0;
  }
  consider_change(out);
}

} // namespace parley::model::replication
