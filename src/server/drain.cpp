#include "parley/server/drain.hpp"

#include "parley/base/log.hpp"

#include <caf/all.hpp>

#include <unordered_set>

namespace parley::server {

size_t drain(caf::scoped_actor& self, const std::vector<caf::actor>& all,
             std::chrono::milliseconds within, std::string_view what) {
  using clock = std::chrono::steady_clock;
  std::unordered_set<caf::actor_id> alive;
  for (const auto& x : all) {
    alive.insert(x.id());
    self->monitor(x);
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
  }
  auto end = clock::now() + within;
  for (auto left = within; !alive.empty() && left.count() > 0;
       left = std::chrono::ceil<std::chrono::milliseconds>(end - clock::now()))
    self->receive([&](const caf::down_msg& x) { alive.erase(x.source.id()); },
                  caf::after(left) >> [] {});
  for (const auto& x : all) {
    if (!alive.contains(x.id()))
      continue;
    self->demonitor(x);
    log::warn("node.actor_killed", "what={} id={}", what, x.id());
    caf::anon_send_exit(x, caf::exit_reason::kill);
  }
  return alive.size();
}

} // namespace parley::server
