#pragma once

#include "parley/actors/leading_messages.hpp"
#include "parley/actors/messages.hpp"
#include "parley/history/store.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <vector>

namespace parley::test {

/// Who leads which partition of a cluster in one process, and what the leaders
/// have not written yet. Stands for the replication: what it takes is on every
/// node at once, and it takes nothing from who was deposed.
struct referee {
  struct open_commit {
    size_t member = 0;
    commit what;
    caf::strong_actor_ptr sender;
  };

  struct partition {
    std::optional<size_t> leader;
    uint64_t epoch = 0;
    data_loss loss;
    uint64_t yielded = 0; ///< The epoch whose leader has nothing open any more.
  };

  std::vector<partition> partitions;
  std::vector<open_commit> open;
  size_t refused = 0;

  bool takes(const open_commit& x) const {
    const auto& p = partitions[x.what.partition];
    return p.leader == x.member && p.epoch == x.what.epoch;
  }

  /// Deposes whoever leads. Of what it had under way, a beginning of some
  /// length is replicated, which it never learns.
  void depose(size_t which, history::store& disk, std::mt19937_64& dice);
};

/// In the place of a node's journal.
caf::actor spawn_refereed_journal(caf::actor_system& sys, size_t member,
                                  std::shared_ptr<referee> by,
                                  history::store& to);

} // namespace parley::test
