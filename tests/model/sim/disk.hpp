#pragma once

#include "model/sim/dice.hpp"

#include "parley/model/replication/effects.hpp"
#include "parley/model/replication/replica.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <variant>
#include <vector>

namespace parley::sim {

namespace rep = model::replication;

/// A replica's storage: writes go to a cache, a sync makes them durable in
/// their order, a power cut keeps only some first part of what was not synced.
class disk {
public:
  /// @name Writes, in their order
  /// @{
  void write(const rep::persist& what);
  void write(const rep::install& what);
  void apply(uint64_t upto);
  void trim(uint64_t upto);
  /// @}

  bool has_tickets() const noexcept { return written_ > promised_; }
  /// Syncs at least one write, up to one of chance. @returns its ticket.
  uint64_t sync(dice& random);

  /// From now on syncs are promised and not done.
  void lie() { lying_ = true; }
  /// Everything promised becomes true.
  void repent();
  bool lying() const noexcept { return lying_; }

  /// The process ended; the operating system did not: everything stays.
  void survive();
  /// @returns whether something was lost that had been promised.
  bool lose_power(dice& random);
  void wipe();

  rep::recovered recover() const;
  /// As the running process reads it; nullptr: not in the log.
  const rep::log_entry* entry(uint64_t index) const {
    return now_.entry(index);
  }
  std::vector<rep::log_entry> entries(uint64_t first, uint64_t last) const;

private:
  struct image {
    uint64_t epoch = 0;
    rep::position base;
    uint64_t applied = 0;
    std::vector<rep::log_entry> log;

    const rep::log_entry* entry(uint64_t index) const {
      return index > base.index && index <= base.index + log.size()
                 ? &log[index - base.index - 1]
                 : nullptr;
    }
  };
  struct applied_mark {
    uint64_t upto = 0;
  };
  struct trim_mark {
    uint64_t upto = 0;
  };
  struct step {
    uint64_t ticket = 0; ///< That it belongs to or comes after.
    std::variant<rep::persist, rep::install, applied_mark, trim_mark> what;
  };

  void add(step x);
  static void carry_out(const step& x, image& on);
  void settle(size_t steps);

  image durable_;
  image now_;
  std::deque<step> cached_; ///< In `now_`, not in `durable_`.
  uint64_t written_ = 0;    ///< The last ticket.
  uint64_t promised_ = 0;   ///< The last ticket whose sync was answered.
  bool lying_ = false;
};

} // namespace parley::sim
