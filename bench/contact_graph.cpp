#include "contact_graph.hpp"

#include "random.hpp"

#include <algorithm>
#include <cmath>

namespace parley::bench {

namespace {

/// Of a watch list, by the protocol.
constexpr uint32_t contacts_max = 200;

/// The share of users with more than `k` contacts.
double share_above(uint32_t k, const presence_settings& by) {
  auto deviation =
      (std::log(k + 0.5) - std::log(by.contacts)) / by.contacts_sigma;
  return std::erfc(deviation / std::sqrt(2.0)) / 2;
}

} // namespace

contact_graph::contact_graph(const presence_settings& by)
    : regions_{by.regions}, degrees_(by.users) {
  random_source random{by.seed ^ 0x6772617068ULL};
  for (uint32_t k = 0; k < contacts_max; ++k) {
    auto users = static_cast<uint32_t>(by.users * share_above(k, by));
    // Every so many layers is a local one, by the share that is wanted.
    auto local =
        std::floor((k + 1) * by.locality) > std::floor(k * by.locality);
    auto size = local ? users / regions_ : users;
    if (size < 2)
      break;
    layers_.push_back({size, random.below(size), local});
    std::for_each_n(degrees_.begin(), users, [](uint8_t& x) { ++x; });
  }
}

double contact_graph::mean_degree() const {
  double sum = 0;
  for (auto x : degrees_)
    sum += x;
  return sum / static_cast<double>(degrees_.size());
}

} // namespace parley::bench
