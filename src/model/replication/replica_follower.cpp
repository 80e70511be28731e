#include "parley/model/replication/replica.hpp"

#include <algorithm>
#include <utility>

/// What a replica does on behalf of its leader.
namespace parley::model::replication {

void replica::on(const append& m, effects& out) {
  if (leads_)
    return;
  leader_ = m.head.from;
  round_ = std::max(round_, m.round);
  if (copying_ || unsynced_.size() >= with_->unsynced_writes_max)
    return; // It will be sent again.
  if (must_copy_)
    return copy_anew(out);
  if (!aligned_ && !rule().r8_truncate_by_epochs) {
    if (log_.end() > high_watermark_)
      cut(high_watermark_, out);
    aligned_ = true;
  }
  if (!aligned_ || !follows_on(m))
    return ask_where(out);
  take(m, out);
}

/// Whether the log is one with the leader's up to where the entries begin, and
/// in all of them that it already has.
bool replica::follows_on(const append& m) const {
  auto agrees = [this](uint64_t epoch, uint64_t index) {
    return index < log_.base().index || log_.epoch_at(index) == epoch;
  };
  if (m.prev.index > log_.end() || !agrees(m.prev.epoch, m.prev.index))
    return false;
  return std::all_of(m.entries.begin(), m.entries.end(), [&](const auto& x) {
    return x.index > log_.end() || agrees(x.epoch, x.index);
  });
}

void replica::take(const append& m, effects& out) {
  auto expected = m.prev.index;
  for (const auto& each : m.entries)
    if (each.index != ++expected || each.partition != partition_
        || each.crc32c != checksum(each))
      return; // Damaged on its way: as good as lost.
  persist what;
  for (const auto& each : m.entries) {
    if (each.index <= log_.end())
      continue;
    log_.push(each.epoch);
    what.entries.push_back(each);
  }
  auto wrote = !what.entries.empty();
  if (wrote)
    write(std::move(what), out);
  high_watermark_ =
      std::max(high_watermark_, std::min(m.high_watermark, log_.end()));
  apply_committed(out);
  if (!wrote || !rule().r1_sync_before_ack)
    acknowledge(out);
}

void replica::ask_where(effects& out) {
  aligned_ = false;
  out.emplace_back(send{leader_, locate{head(), log_.last()}});
}

/// Never cuts what is committed, whoever asks for it: a leader without it must
/// not exist, and if one does, the difference is for people to look at.
void replica::cut(uint64_t index, effects& out) {
  if (index < high_watermark_)
    return halt_for(halt_reason::committed_was_cut, out);
  log_.truncate(index);
  synced_ = std::min(synced_, index);
  for (auto& each : unsynced_)
    each.end = std::min(each.end, index);
  persist what;
  what.truncate = index;
  write(std::move(what), out);
}

/// KIP-101, KIP-279: back to where the two logs are known to agree. An epoch
/// has one leader, so that two logs agree in all that both have of it.
void replica::on(const located& m, effects& out) {
  if (leads_ || aligned_ || copying_ || m.asked != log_.last())
    return;
  leader_ = m.head.from;
  auto mine = log_.boundary(m.boundary.epoch);
  if (!mine)
    return copy_anew(out); // The logs part before this one begins.
  auto agrees = mine->epoch == m.boundary.epoch;
  auto index = agrees ? std::min(mine->index, m.boundary.index) : mine->index;
  if (index < log_.base().index)
    return copy_anew(out);
  if (index < log_.end())
    cut(index, out);
  if (stopped())
    return;
  if (!agrees)
    return ask_where(out);
  aligned_ = true;
  acknowledge(out);
}

void replica::on(const too_old& m, effects& out) {
  if (leads_ || aligned_ || copying_ || m.asked != log_.last())
    return;
  leader_ = m.head.from;
  copy_anew(out);
}

void replica::copy_anew(effects& out) {
  copying_ = true;
  out.emplace_back(fetch_snapshot{leader_});
}

void replica::fetched(position at, effects& out) {
  if (stopped() || !copying_)
    return;
  copying_ = false;
  if (at.index < high_watermark_)
    return; // Older than what is here: the next append asks for another.
  must_copy_ = false;
  log_ = log_outline{at};
  high_watermark_ = applied_ = at.index;
  // Until the range has been replaced, nothing here is worth an ack.
  synced_ = 0;
  for (auto& each : unsynced_)
    each.end = 0;
  auto ticket = ++tickets_;
  unsynced_.push_back({ticket, at.index, epoch_});
  out.emplace_back(install{ticket, at});
}

void replica::fetch_failed() {
  copying_ = false;
}

void replica::acknowledge(effects& out) {
  // An ack says that this epoch has been seen; it must not be forgotten (R10).
  if (leads_ || !aligned_ || leader_ == 0 || durable_epoch_ != epoch_)
    return;
  out.emplace_back(
      send{leader_, appended{head(), acknowledgeable(), log_.end(), round_}});
}

} // namespace parley::model::replication
