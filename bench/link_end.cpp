#include "link_end.hpp"

#include "parley/actors/spawn.hpp"
#include "parley/base/random.hpp"

#include <stdexcept>

namespace parley::bench {

using namespace parley::cluster;

link_options link_of(node_id node, const std::string& certificate) {
  link_options x;
  x.cluster = "bench";
  x.node = node;
  x.security.with = link_security::kind::none;
  if (!certificate.empty())
    x.security = {link_security::kind::tls, certificate + ".crt",
                  certificate + ".key", certificate + ".crt"};
  return x;
}

void configure_link_end(caf::actor_system_config& cfg,
                        const link_options& with) {
  cfg.set("scheduler.policy", caf::atom("sharing"));
  cfg.set("scheduler.max-threads", size_t{2});
  cfg.set("logger.console", caf::atom("none"));
  register_messages(cfg);
  configure_links(cfg, with);
}

links must_start(caf::actor_system& sys, const link_options& with,
                 const caf::actor& replicator) {
  auto started = start_links(sys, with, link_offer{replicator, {}}, replicator,
                             system_random());
  if (!started)
    throw std::runtime_error(started.error().message);
  return *started;
}

} // namespace parley::bench
