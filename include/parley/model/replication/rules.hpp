#pragma once

namespace parley::model::replication {

#ifdef PARLEY_FAULTS
#  define PARLEY_RULE(name) bool name = true
#else
#  define PARLEY_RULE(name) static constexpr bool name = true
#endif

/// The rules of docs/replication.md. In a build with fault points each may be
/// switched off, so that the simulator can prove that it sees the difference;
/// elsewhere they are constants and cost nothing.
struct rules {
  PARLEY_RULE(r1_sync_before_ack);
  PARLEY_RULE(r2_commit_by_all);
  PARLEY_RULE(r3_shrink_when_confirmed);
  PARLEY_RULE(r4_pending_join_counts);
  PARLEY_RULE(r5_join_at_high_watermark);
  PARLEY_RULE(r5_join_at_epoch_start);
  PARLEY_RULE(r6_incarnations);
  PARLEY_RULE(r7_floor);
  PARLEY_RULE(r8_truncate_by_epochs);
  PARLEY_RULE(r9_elect_in_sync);
  PARLEY_RULE(r10_refuse_lower_epoch);
  PARLEY_RULE(r10_epoch_is_durable);
  PARLEY_RULE(r11_compare_and_set);
  PARLEY_RULE(r12_restarted_not_eligible);
  PARLEY_RULE(r12_greatest_of_all);
  PARLEY_RULE(r13_write_before_belief);
  PARLEY_RULE(r14_resign);
};

#undef PARLEY_RULE

} // namespace parley::model::replication
