#pragma once

#include "presence_sim.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace parley::bench {

/// What one design did within one second.
struct counts {
  uint64_t changes = 0;
  uint64_t notifications = 0;
  uint64_t news = 0;
  uint64_t watches = 0;
  double beats = 0;
  uint64_t writes = 0;
};

struct rate_meter {
  double sum = 0;
  rate result;

  void add(double value, bool after_loss) {
    sum += value;
    auto& most = after_loss ? result.most_after_loss : result.most;
    most = std::max(most, value);
  }
};

struct load_meter {
  std::array<rate_meter, 6> rates;

  void add(const counts& x, bool after_loss) {
    std::array values{static_cast<double>(x.changes),
                      static_cast<double>(x.notifications),
                      static_cast<double>(x.news),
                      static_cast<double>(x.watches),
                      x.beats,
                      static_cast<double>(x.writes)};
    for (size_t i = 0; i < values.size(); ++i)
      rates[i].add(values[i], after_loss);
  }

  presence_rates finish(uint32_t seconds) {
    for (auto& x : rates)
      x.result.mean = x.sum / seconds;
    return {rates[0].result, rates[1].result, rates[2].result,
            rates[3].result, rates[4].result, rates[5].result};
  }
};

inline constexpr auto nobody = UINT32_MAX;

/// All that is known of a user: as small as can be, and in one place, as there
/// are millions, and each is visited for another reason than its neighbour.
struct person {
  uint32_t next_move = nobody;  ///< Links of rows that the user is in,
  uint32_t next_check = nobody; ///< of each kind one at a time.
  uint32_t written = 0;         ///< The last-active row, plus the interval.
  uint16_t where = 0;           ///< A node's number + 1; 0: not connected.
  uint8_t flags = 0;
};

/// Users linked through a member: rows of all users together cost one number a
/// user.
struct row_of_users {
  uint32_t first = nobody;
  uint32_t last = nobody;
  uint32_t size = 0;

  /// Behind all others.
  void push(uint32_t user, std::vector<person>& all) {
    all[user].next_check = nobody;
    (first == nobody ? first : all[last].next_check) = user;
    last = user;
    ++size;
  }

  uint32_t pop(std::vector<person>& all) {
    auto user = first;
    first = all[user].next_check;
    --size;
    return user;
  }
};

/// The same without an order, which does not look at another user.
struct heap_of_users {
  uint32_t first = nobody;

  void push(uint32_t user, std::vector<person>& all) {
    all[user].next_move = first;
    first = user;
  }

  uint32_t pop(std::vector<person>& all) {
    auto user = first;
    first = all[user].next_move;
    return user;
  }
};

} // namespace parley::bench
