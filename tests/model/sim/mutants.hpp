#pragma once

#include "parley/model/replication/rules.hpp"

#include <cstdint>

namespace parley::sim {

using model::replication::rules;

/// A rule left out, and the first schedule that breaks an invariant without
/// it. When the schedules change, the skipped case of mutants_test.cpp prints
/// the new ones.
struct mutant {
  const char* name;
  bool rules::*rule;
  uint64_t seed;
};

inline constexpr mutant mutants[] = {
    {"R1", &rules::r1_sync_before_ack, 719},
    {"R2", &rules::r2_commit_by_all, 4},
    {"R3", &rules::r3_shrink_when_confirmed, 4},
    {"R4", &rules::r4_pending_join_counts, 269},
    {"R5 (high watermark)", &rules::r5_join_at_high_watermark, 1814},
    {"R5 (start of the epoch)", &rules::r5_join_at_epoch_start, 5050},
    {"R6", &rules::r6_incarnations, 167},
    {"R7", &rules::r7_floor, 135},
    {"R8", &rules::r8_truncate_by_epochs, 5},
    {"R9", &rules::r9_elect_in_sync, 6},
    {"R10 (refused)", &rules::r10_refuse_lower_epoch, 177},
    {"R10 (durable)", &rules::r10_epoch_is_durable, 50669},
    {"R11", &rules::r11_compare_and_set, 26},
    {"R12 (eligible)", &rules::r12_restarted_not_eligible, 39},
    {"R12 (greatest)", &rules::r12_greatest_of_all, 342},
    {"R13", &rules::r13_write_before_belief, 51227},
};

/// Without it nothing is lost, and nothing can be committed while a node is cut
/// off whose session lives.
inline constexpr mutant stuck = {"R14", &rules::r14_resign, 1};

} // namespace parley::sim
