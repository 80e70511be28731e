#pragma once

#include "parley/model/replication/effects.hpp"
#include "parley/model/replication/rules.hpp"
#include "parley/model/replication/types.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace parley::model::replication {

/// What became of a compare-and-set.
enum class cas_outcome : uint8_t {
  confirmed, ///< Written.
  refused,   ///< Not written, and it never will be.
  unknown,   ///< The connection broke: it was, was not, or will be.
};

/// What the leader knows of its partition's record, and which in-sync set
/// therefore has to acknowledge. One write is under way at a time. A member
/// counts from the moment at which a write might have added it (R4; KIP-497)
/// until a confirmed write took it out (R3).
class isr_ledger {
public:
  isr_ledger(const rules& with, versioned_record known)
      : rules_(&with), known_(std::move(known)) {}

  const partition_record& known() const noexcept { return known_.record; }
  uint64_t version() const noexcept { return known_.version; }
  bool idle() const noexcept { return phase_ == phase::idle; }

  /// Whether all members that have to acknowledge fulfil the predicate.
  template <class Predicate>
  bool all_of(Predicate&& is) const {
    auto check = [&](const isr_set& isr) {
      return std::all_of(isr.begin(), isr.end(), is);
    };
    return check(known_.record.isr)
           && (!rules_->r4_pending_join_counts || check(doubtful_));
  }

  /// Begins a write; call when idle only.
  void write(const partition_record& wanted, const isr_set& must_be_current,
             uint64_t token, effects& out);

  /// The answer to a write. `next` is the token of what has to follow.
  /// @returns whether the answer was awaited; `next` is then used up.
  bool answered(uint64_t token, cas_outcome outcome, uint64_t version,
                uint64_t next, effects& out);

  /// A record of this leader's epoch was read, after `read_record` or (token
  /// 0) because it changed.
  void saw(uint64_t token, const versioned_record& read, uint64_t next,
           effects& out);

  /// Reads again if a read is awaited: it may have failed.
  void retry(effects& out) const;

private:
  enum class phase : uint8_t { idle, writing, reading };

  void doubt(const isr_set& isr);
  void read(uint64_t token, effects& out);

  const rules* rules_;
  versioned_record known_;
  partition_record wanted_; ///< Of the write under way.
  /// Members that a write of unknown or awaited outcome adds. All such writes
  /// derive from one, so that they name no more members than it does.
  isr_set doubtful_;
  uint64_t token_ = 0;
  phase phase_ = phase::idle;
  bool uncertain_ = false; ///< A write of ours may still happen.
};

} // namespace parley::model::replication
