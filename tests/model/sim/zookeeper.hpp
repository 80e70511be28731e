#pragma once

#include "model/sim/dice.hpp"

#include "parley/model/replication/effects.hpp"
#include "parley/model/replication/isr_ledger.hpp"
#include "parley/model/replication/types.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace parley::sim {

namespace rep = model::replication;

inline constexpr size_t nodes_max = 5; ///< Numbered from 1.

/// What becomes of a request.
enum class fate : uint8_t {
  answered, ///< Carried out or refused, and its sender learns which.
  done,     ///< Likewise, but the answer is lost.
  undone,   ///< It never arrives.
  ghost,    ///< It is given up, and may still arrive.
};

/// One versioned entry, sessions, and requests on their way. Every request is
/// carried out at one moment; its answer may be lost, and a request that was
/// given up may still arrive much later.
class zookeeper {
public:
  /// A request of a node's process, or of the controller (node 0).
  struct request {
    rep::node_id from = 0;
    uint64_t life = 0; ///< Of the process that asked.
    rep::compare_and_set what;
  };
  struct answer {
    rep::node_id to = 0;
    uint64_t life = 0;
    uint64_t token = 0;
    rep::cas_outcome outcome = rep::cas_outcome::unknown;
    uint64_t version = 0;
  };

  explicit zookeeper(rep::partition_record first) { history_.push_back(first); }

  const rep::partition_record& record() const { return history_.back(); }
  uint64_t version() const { return history_.size(); }
  /// As a server that lags behind would show it.
  rep::versioned_record at(uint64_t version) const {
    return {history_[version - 1], version};
  }
  rep::versioned_record read() const { return at(version()); }

  /// The creation id of the node's ephemeral entry; 0: it has no session.
  uint64_t session(rep::node_id node) const { return sessions_[node]; }
  uint64_t open_session(rep::node_id node) {
    return sessions_[node] = ++creations_;
  }
  void end_session(rep::node_id node) { sessions_[node] = 0; }

  void ask(request x) { asked_.push_back(std::move(x)); }
  bool has_requests() const { return !asked_.empty(); }
  /// Deals with one request of chance. @returns what its sender gets to know.
  answer deal(dice& random, fate of_it);
  /// A request that was given up arrives, if there is one.
  void let_ghost_arrive(dice& random);

private:
  bool carry_out(const rep::compare_and_set& what);

  std::vector<rep::partition_record> history_; ///< Version n is the n-th.
  std::array<uint64_t, nodes_max + 1> sessions_{};
  uint64_t creations_ = 0;
  std::vector<request> asked_;
  std::vector<rep::compare_and_set> ghosts_;
};

} // namespace parley::sim
