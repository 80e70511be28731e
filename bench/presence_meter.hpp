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

/// Users in a row, linked through a table of all users: a user is in one row
/// at a time, so rows of all users together cost one number a user.
struct row_of_users {
  uint32_t first = nobody;
  uint32_t last = nobody;
  uint32_t size = 0;

  void push(uint32_t user, std::vector<uint32_t>& links) {
    links[user] = nobody;
    (first == nobody ? first : links[last]) = user;
    last = user;
    ++size;
  }

  uint32_t pop(std::vector<uint32_t>& links) {
    auto user = first;
    first = links[user];
    --size;
    return user;
  }
};

} // namespace parley::bench
