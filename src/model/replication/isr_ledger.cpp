#include "parley/model/replication/isr_ledger.hpp"

#include <algorithm>
#include <utility>

namespace parley::model::replication {

void isr_ledger::write(const partition_record& wanted,
                       const isr_set& must_be_current, uint64_t token,
                       effects& out) {
  doubt(wanted.isr);
  wanted_ = wanted;
  token_ = token;
  phase_ = phase::writing;
  if (!rules_->r3_shrink_when_confirmed)
    known_.record.isr.erase(
        std::remove_if(known_.record.isr.begin(), known_.record.isr.end(),
                       [&](auto& x) { return !holds(wanted.isr, x); }),
        known_.record.isr.end());
  auto ask = compare_and_set{token, wanted, known_.version, {}};
  if (!rules_->r11_compare_and_set)
    ask.expected.reset();
  if (rules_->r6_incarnations)
    ask.must_be_current = must_be_current;
  out.emplace_back(std::move(ask));
}

bool isr_ledger::answered(uint64_t token, cas_outcome outcome, uint64_t version,
                          uint64_t next, effects& out) {
  if (phase_ != phase::writing || token != token_)
    return false;
  if (outcome == cas_outcome::confirmed) {
    known_ = {wanted_, version};
    doubtful_.clear();
    uncertain_ = false;
    phase_ = phase::idle;
    return true;
  }
  if (outcome == cas_outcome::unknown)
    uncertain_ = true;
  else if (!uncertain_)
    doubtful_.clear();
  read(next, out);
  return true;
}

void isr_ledger::saw(uint64_t token, const versioned_record& read_now,
                     uint64_t next, effects& out) {
  if (read_now.version < known_.version)
    return; // From a server that lags behind.
  if (phase_ == phase::idle) {
    known_ = read_now;
    return;
  }
  if (phase_ != phase::reading || token != token_)
    return;
  if (uncertain_ && rules_->r13_write_before_belief) {
    // The record does not show whether the write in doubt is still on its way.
    // Once another has succeeded on this version, it can no longer arrive.
    known_.version = read_now.version;
    write(read_now.record, {}, next, out);
    return;
  }
  known_ = read_now;
  doubtful_.clear();
  uncertain_ = false;
  phase_ = phase::idle;
}

void isr_ledger::retry(effects& out) const {
  if (phase_ == phase::reading)
    out.emplace_back(read_record{token_});
}

void isr_ledger::doubt(const isr_set& isr) {
  for (const auto& each : isr)
    if (!holds(known_.record.isr, each) && !holds(doubtful_, each))
      doubtful_.push_back(each);
}

void isr_ledger::read(uint64_t token, effects& out) {
  token_ = token;
  phase_ = phase::reading;
  out.emplace_back(read_record{token});
}

} // namespace parley::model::replication
