#pragma once

#include "model/sim/disk.hpp"

#include "parley/model/replication/replica.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace parley::sim {

/// Knows what has been committed, and by whom, and what may not happen any
/// more. A violation is a sentence that begins with the invariant's name.
class oracle {
public:
  /// The replica knows that its log is committed up to `upto`, where it was
  /// `checked` before. @returns the new `checked`.
  uint64_t knows(const rep::replica& who, const disk& log, uint64_t checked,
                 uint64_t upto);
  /// The replica begins to lead.
  void leads(const rep::replica& who, const disk& log);
  /// The newest entry has just been committed while this one leads, too.
  void sees_commit(const rep::replica& other_leader, const disk& log);
  void fails(std::string why);

  const std::string& violation() const noexcept { return violation_; }
  bool holds() const noexcept { return violation_.empty(); }
  uint64_t committed() const noexcept { return truth_.size(); }

private:
  struct fact {
    uint64_t epoch = 0;
    uint32_t crc32c = 0;
    uint64_t by = 0; ///< The epoch of the leader that committed it first.
  };

  static bool is(const fact& x, const rep::log_entry& y) {
    return x.epoch == y.epoch && x.crc32c == y.crc32c;
  }
  void learn(const rep::replica& who, const rep::log_entry& x);

  std::vector<fact> truth_;
  std::string violation_;
};

} // namespace parley::sim
