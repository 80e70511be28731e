#include "parley/model/nearest.hpp"

#include "parley/base/hash.hpp"

#include <algorithm>
#include <tuple>

namespace parley::model {

namespace {

constexpr double load_steps = 10; ///< Finer differences do not count.

auto order_of(const known_node& x, std::string_view region,
              std::string_view who) {
  return std::tuple{x.stopping, x.load >= overloaded, x.region != region,
                    static_cast<int>(x.load * load_steps),
                    hash_of(who, x.id).bytes};
}

} // namespace

void sort_nearest(std::vector<known_node>& nodes, std::string_view region,
                  std::string_view who) {
  std::sort(nodes.begin(), nodes.end(), [&](const auto& a, const auto& b) {
    return order_of(a, region, who) < order_of(b, region, who);
  });
}

} // namespace parley::model
