#pragma once

#include "presence_sim.hpp"

#include <cstdint>
#include <vector>

namespace parley::bench {

/// Who has whom on the watch list, without a list: users are numbered by
/// falling number of contacts, and layer k pairs those who have more than k.
/// A pairing is a reflection, u <-> c - u, of all or within a region.
class contact_graph {
public:
  explicit contact_graph(const presence_settings& by);

  uint32_t degree(uint32_t user) const { return degrees_[user]; }
  double mean_degree() const;

  /// Calls `f` with each contact of `user`.
  template <class F>
  void each(uint32_t user, F f) const {
    auto within = user / regions_;
    auto region = user % regions_;
    for (uint32_t k = 0; k < degrees_[user]; ++k) {
      const auto& x = layers_[k];
      auto from = x.local ? within : user;
      if (from >= x.size)
        continue;
      auto to = x.shift >= from ? x.shift - from : x.shift + x.size - from;
      auto other = x.local ? to * regions_ + region : to;
      if (other != user)
        f(other);
    }
  }

private:
  struct layer {
    uint32_t size = 0; ///< Users, or users of each region.
    uint32_t shift = 0;
    bool local = false;
  };

  uint32_t regions_;
  std::vector<layer> layers_;
  std::vector<uint8_t> degrees_;
};

} // namespace parley::bench
