#pragma once

#include "parley/cluster/controller.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace parley::cluster {

struct forced_wish {
  std::optional<uint16_t> partition; ///< Nothing: all that can be forced.
  uint64_t gap = 0;                  ///< Numbers that a conversation skips.
};

/// A partition that has a leader again, which may lack what was committed.
struct forced_leader {
  uint16_t partition = 0;
  node_id leader = 0;
  uint64_t epoch = 0;
  position last; ///< All that is left.
};

using on_forced =
    std::function<void(const result<std::vector<forced_leader>>&)>;

/// Gives partitions a leader whose in-sync members are gone for ever: the one
/// that has most, of all replicas that live. What it lacks is lost, so that
/// this is for an operator to ask for. It is refused while anybody may come
/// back who has more: for a partition that has a leader or can elect one, or
/// has a replica that is away and was not taken out of the cluster.
///
/// Any node may do this: what it decides by counts for a compare-and-set only,
/// on the version of the record for which the replicas have reported (R11).
/// Used by tasks of the client's executor only.
class forced_election : public std::enable_shared_from_this<forced_election> {
public:
  /// Asks a node for `last_synced()` of its replicas. Answered by `reported`,
  /// or not at all.
  using asker =
      std::function<void(node_id, const std::vector<asked_position>&)>;

  /// All but the wish outlive this. `done` is called once. Errors: `not_found`
  /// if there is no such partition; `forbidden` if it is refused, with the
  /// reason; `conflict` or `unavailable` to be tried again.
  forced_election(coordination& by, const paths& at, const cluster_view& view,
                  forced_wish wish, on_forced done);

  void begin(const asker& ask, instant now);
  void reported(node_id node, uint64_t incarnation,
                const std::vector<reported_position>& what);
  /// Reports are awaited for some seconds only.
  void tick(instant now);
  bool is_over() const noexcept { return !done_; }

private:
  struct report {
    uint64_t incarnation = 0;
    position last;
    bool sound = false;
  };
  struct candidate {
    uint64_t version = 0; ///< Of the record.
    std::map<node_id, report> reports;
  };

  std::optional<std::string> awaits(const partition_record& record) const;
  bool choose();
  void conclude();
  void write(uint16_t partition, const candidate& x);
  void written(const forced_leader& as, const commit_answer& x);
  void fail(error why);
  void finish();

  coordination& by_;
  const paths& at_;
  const cluster_view& view_;
  forced_wish wish_;
  on_forced done_; ///< Until it was called.
  std::map<uint16_t, candidate> chosen_;
  std::set<node_id> awaited_;
  instant until_{0};
  size_t writes_ = 0; ///< Under way.
  bool concluded_ = false;
  std::vector<forced_leader> forced_;
  std::optional<error> failure_;
};

} // namespace parley::cluster
