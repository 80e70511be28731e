#include "parley/model/replication/replica.hpp"

#include <algorithm>
#include <utility>

namespace parley::model::replication {

replica::replica(const replica_settings& with, uint16_t partition,
                 uint64_t incarnation, recovered from)
    : with_(&with),
      partition_(partition),
      incarnation_(incarnation),
      epoch_(from.epoch),
      durable_epoch_(from.epoch),
      log_(std::move(from.log)),
      synced_(log_.end()),
      high_watermark_(from.applied),
      applied_(from.applied) {
  // A log shorter than its state has lost what it promised. Nothing of it is
  // believed; the partition is copied anew.
  if (log_.end() < applied_) {
    must_copy_ = true;
    log_ = log_outline{};
    synced_ = high_watermark_ = applied_ = 0;
  }
}

void replica::receive(const message& what, effects& out) {
  if (stopped())
    return;
  std::visit(
      [&](const auto& m) {
        using type = std::decay_t<decltype(m)>;
        constexpr auto by_leader =
            std::is_same_v<
                type,
                append> || std::is_same_v<type, located> || std::is_same_v<type, too_old>;
        auto lower = m.head.epoch < epoch_;
        if (lower && rule().r10_refuse_lower_epoch) {
          if (std::is_same_v<type, append>)
            out.emplace_back(send{m.head.from, refused{head()}});
          return;
        }
        if (m.head.epoch > epoch_ || (lower && by_leader))
          adopt(m.head.epoch, by_leader ? m.head.from : 0, out);
        if (m.head.epoch == epoch_)
          on(m, out);
      },
      what);
}

void replica::adopt(uint64_t epoch, node_id leader, effects& out) {
  step_down(out);
  epoch_ = epoch;
  leader_ = leader;
  aligned_ = false;
  copying_ = false;
  fresh_token_ = 0;
  round_ = 0;
  if (!rule().r10_epoch_is_durable) {
    durable_epoch_ = epoch;
    return;
  }
  persist what;
  what.epoch = epoch;
  write(std::move(what), out);
}

void replica::step_down(effects& out) {
  if (!leads_)
    return;
  leads_.reset();
  leader_ = 0;
  out.emplace_back(stepped_down{});
}

void replica::write(persist what, effects& out) {
  what.ticket = ++tickets_;
  unsynced_.push_back({what.ticket, log_.end(), epoch_});
  out.emplace_back(std::move(what));
}

void replica::synced(uint64_t ticket, effects& out) {
  if (stopped())
    return;
  auto i = unsynced_.begin();
  for (; i != unsynced_.end() && i->ticket <= ticket; ++i) {
    synced_ = i->end;
    durable_epoch_ = std::max(durable_epoch_, i->epoch);
  }
  if (i == unsynced_.begin())
    return;
  unsynced_.erase(unsynced_.begin(), i);
  if (leads_)
    return advance(out);
  lead_if_elected(out);
  apply_committed(out);
  acknowledge(out);
}

void replica::write_failed(effects& out) {
  halt_for(halt_reason::write_failed, out);
}

void replica::apply_committed(effects& out) {
  auto upto = std::min(high_watermark_, acknowledgeable());
  if (upto <= applied_)
    return;
  out.emplace_back(apply{applied_ + 1, upto});
  applied_ = upto;
}

void replica::halt_for(halt_reason reason, effects& out) {
  if (stopped())
    return;
  step_down(out);
  halted_ = true;
  out.emplace_back(halt{reason});
}

void replica::read_afresh(effects& out) {
  if (fresh_token_ != 0)
    return;
  fresh_token_ = ++tokens_;
  out.emplace_back(read_record{fresh_token_});
}

void replica::saw(uint64_t token, const versioned_record& read, effects& out) {
  if (stopped())
    return;
  const auto& record = read.record;
  if (record.epoch < epoch_) {
    // An old read, unless it began after the higher epoch had been seen.
    if (token != 0 && token == fresh_token_)
      halt_for(halt_reason::epoch_went_back, out);
    else
      read_afresh(out);
    return;
  }
  if (record.epoch > epoch_)
    adopt(record.epoch, record.leader, out);
  if (!leads_)
    return saw_as_follower(token, read, out);
  leads_->ledger.saw(token, read, ++tokens_, out);
  after_change(out);
}

void replica::saw_as_follower(uint64_t token, const versioned_record& read,
                              effects& out) {
  auto is_fresh = token != 0 && token == fresh_token_;
  if (is_fresh)
    fresh_token_ = 0;
  if (read.version < record_.version)
    return;
  record_ = read;
  leader_ = read.record.leader;
  if (holds(read.record.replicas, with_->self))
    return lead_if_elected(out);
  // Only a read that began after this epoch was seen may delete anything: an
  // older one can be from before this replica was added.
  if (!is_fresh)
    return read_afresh(out);
  retired_ = true;
  out.emplace_back(retire{});
}

void replica::lead_if_elected(effects& out) {
  const auto& record = record_.record;
  if (leads_ || must_copy_ || record.leader != with_->self
      || record.epoch != epoch_ || durable_epoch_ != epoch_)
    return;
  // An earlier incarnation of this node may have been elected, with a log that
  // this one does not have.
  auto self = isr_member{with_->self, incarnation_};
  if (holds(record.isr, self))
    begin_to_lead(out);
}

void replica::tick(instant now, effects& out) {
  now_ = std::max(now_, now);
  if (stopped())
    return;
  if (leads_)
    return tick_as_leader(out);
  if (fresh_token_ != 0) {
    // The read may have failed.
    fresh_token_ = 0;
    read_afresh(out);
  }
}

void replica::renewed(uint64_t incarnation, effects& out) {
  step_down(out);
  incarnation_ = incarnation;
}

void replica::trimmed(uint64_t index) {
  if (index > log_.base().index && index <= applied_)
    log_.trim(index);
}

replica_role replica::role() const noexcept {
  if (halted_)
    return replica_role::halted;
  if (retired_)
    return replica_role::retired;
  if (leads_)
    return replica_role::leader;
  return holds(record_.record.isr, isr_member{with_->self, incarnation_})
             ? replica_role::follower
             : replica_role::learner;
}

position replica::last_synced() const {
  auto epoch = log_.epoch_at(synced_);
  return epoch ? position{*epoch, synced_} : position{};
}

} // namespace parley::model::replication
