#include "parley/model/nearest.hpp"

#include "parley/base/hash.hpp"

#include <algorithm>
#include <tuple>

namespace parley::model {

namespace {

constexpr double load_steps = 10; ///< Finer differences do not count.

/// What counts before load; the nearer the less.
auto distance(const known_node& x, std::string_view region) {
  return std::tuple{x.stopping, x.load >= overloaded, x.region != region};
}

} // namespace

void sort_nearest(std::vector<known_node>& nodes, std::string_view region,
                  std::string_view who) {
  auto order_of = [&](const known_node& x) {
    return std::tuple{distance(x, region),
                      static_cast<int>(x.load * load_steps),
                      hash_of(who, x.id).bytes};
  };
  std::sort(nodes.begin(), nodes.end(), [&](const auto& a, const auto& b) {
    return order_of(a) < order_of(b);
  });
}

std::vector<std::string> urls_nearby(const std::vector<known_node>& others,
                                     std::string_view region) {
  std::vector<std::string> urls;
  auto nearer = [&](const auto& a, const auto& b) {
    return distance(a, region) < distance(b, region);
  };
  auto nearest = std::min_element(others.begin(), others.end(), nearer);
  for (const auto& x : others)
    if (!x.stopping && !nearer(*nearest, x))
      urls.push_back(x.url);
  return urls;
}

void share_out(std::vector<std::string>& urls, std::string_view user) {
  std::sort(urls.begin(), urls.end(), [&](const auto& a, const auto& b) {
    return hash_of(user, a) < hash_of(user, b);
  });
}

} // namespace parley::model
