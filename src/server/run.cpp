#include "parley/server/run.hpp"

#include "server/node.hpp"
#include "server/stop_limit.hpp"
#include "server/stop_signals.hpp"

#include "parley/base/log.hpp"
#include "parley/gateway/client_regions.hpp"
#include "parley/server/link.hpp"
#include "parley/server/sizing.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstring>

namespace parley::server {

namespace {

constexpr std::chrono::seconds stop_within{15};

constexpr int exit_after_failed_start = 1;
constexpr int exit_after_mistake = 2; ///< In the settings.

void tell(const error& why) {
  std::fputs(fmt::format("parley: {}\n", why.message).c_str(), stderr);
}

void announce(const std::string& address) {
  auto line = fmt::format("parley: ready at {}\n", link_to(address));
  std::fputs(line.c_str(), stdout);
  std::fflush(stdout);
  log::info("node.ready", "address={} version={}", address, version());
}

} // namespace

std::string_view version() noexcept {
  return PARLEY_VERSION;
}

int run(const config::settings& with) {
  stop_signals signals;
  log::set_level(with.log.level);
  auto cores = usable_cores();
  auto descriptors = raise_descriptor_limit();
  work_in_batches();
  log::info("node.starting", "node={} data_dir={} cores={} descriptors={}",
            with.node.id, with.node.data_dir, cores, descriptors);
  auto regions = gateway::open_client_regions(with.discovery);
  if (!regions) {
    tell(regions.error());
    return exit_after_mistake;
  }
  node one{sized(with, cores), *regions};
  auto started = one.start([] { ::kill(::getpid(), SIGTERM); });
  if (!started) {
    tell(started.error());
    return exit_after_failed_start;
  }
  announce(one.address());
  auto signal = signals.wait();
  log::info("node.stopping", "signal={}", ::sigabbrev_np(signal));
  stop_limit limit{stop_within};
  one.stop();
  log::info("node.stopped", "node={}", with.node.id);
  return 0;
}

} // namespace parley::server
