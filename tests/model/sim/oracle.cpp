#include "model/sim/oracle.hpp"

#include <algorithm>
#include <utility>

namespace parley::sim {

using rep::replica_role;

void oracle::fails(std::string why) {
  if (violation_.empty())
    violation_ = std::move(why);
}

uint64_t oracle::knows(const rep::replica& who, const disk& log,
                       uint64_t checked, uint64_t upto) {
  for (auto i = checked + 1; i <= upto && holds(); ++i) {
    const auto* x = log.entry(i);
    if (x == nullptr) {
      // Trimmed, or part of a snapshot: then it was applied somewhere.
      if (i > who.log().base().index || i > truth_.size())
        fails("I2: a replica counts an entry as committed that it lacks");
    } else if (i <= truth_.size()) {
      if (!is(truth_[i - 1], *x))
        fails("I2: two replicas have different entries at one index");
    } else if (who.role() == replica_role::leader) {
      learn(who, *x);
    } else {
      fails("I2: a follower counts as committed what no leader committed");
    }
  }
  return std::max(checked, upto);
}

void oracle::learn(const rep::replica& who, const rep::log_entry& x) {
  if (!truth_.empty() && x.epoch < truth_.back().epoch)
    fails("I6: a deposed leader commits after a later one has");
  truth_.push_back({x.epoch, x.crc32c, who.epoch()});
}

void oracle::leads(const rep::replica& who, const disk& log) {
  // What later leaders committed it need not have: it learns of them yet.
  for (uint64_t i = 1; i <= truth_.size(); ++i) {
    const auto& known = truth_[i - 1];
    if (known.by >= who.epoch() || i <= who.log().base().index)
      continue;
    const auto* x = log.entry(i);
    if (x == nullptr || !is(known, *x))
      return fails("I1: a replica leads without an acknowledged entry");
  }
}

void oracle::sees_commit(const rep::replica& other_leader, const disk& log) {
  const auto i = truth_.size();
  const auto& known = truth_.back();
  if (known.by >= other_leader.epoch() || i <= other_leader.log().base().index)
    return;
  const auto* x = log.entry(i);
  if (x == nullptr || !is(known, *x))
    fails("I6: a deposed leader commits what its successor does not have");
}

} // namespace parley::sim
