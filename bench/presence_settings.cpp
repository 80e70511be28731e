#include "presence_sim.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace parley::bench {

namespace {

void require(bool holds, std::string_view otherwise) {
  if (!holds)
    throw std::runtime_error{std::string{otherwise}};
}

} // namespace

void check(const presence_settings& x) {
  require(x.users >= 2 && x.users < UINT32_MAX,
          "users: expected 2 to 4294967294");
  require(x.nodes >= 1 && x.nodes <= presence_nodes_max,
          fmt::format("nodes: expected 1 to {}", presence_nodes_max));
  require(x.regions >= 1 && x.nodes % x.regions == 0,
          "regions: nodes must be a multiple of them");
  require(x.duration >= 1 && x.duration <= 30 * seconds_of_day,
          "duration: expected 1 s to 30 days");
  require(x.visits_per_day > 0 && x.visit > 0
              && x.visits_per_day * x.visit < seconds_of_day,
          "visits_per_day times visit must be below a day, and above 0");
  require(x.daily_swing >= 0 && x.daily_swing < 1,
          "daily_swing: expected 0 to below 1");
  require(x.drops_per_hour >= 0 && x.drop > 0 && x.reconnect > 0,
          "drops_per_hour must not be negative, drop and reconnect not 0");
  require(x.contacts > 0 && x.contacts <= 200 && x.contacts_sigma > 0,
          "contacts: expected above 0 to 200, and a sigma above 0");
  require(x.locality >= 0 && x.locality <= 1, "locality: expected 0 to 1");
  require(x.beat_interval >= 1 && x.missed_beats >= 1,
          "beat_interval and missed_beats: expected 1 or more");
  require(x.beat_interval <= seconds_of_day && x.missed_beats <= 100
              && x.coalesce <= seconds_of_day,
          "beat_interval, coalesce: a day at most; missed_beats: 100");
  require(x.write_interval >= 1 && x.rate_max >= 1 && x.sample >= 1,
          "write_interval, rate_max and sample: expected 1 or more");
  require(x.lost_nodes < x.nodes, "lost_nodes: one node must be left");
}

} // namespace parley::bench
