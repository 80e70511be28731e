#include "parley/gateway/front.hpp"

#include "gateway/hub.hpp"
#include "gateway/listener.hpp"
#include "gateway/peer.hpp"
#include "gateway/services.hpp"

#include "parley/actors/messages.hpp"
#include "parley/base/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <sys/resource.h>
#include <thread>
#include <utility>

namespace parley::gateway {

namespace {

using std::chrono::milliseconds;

/// Every client costs a descriptor.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0
      || limit.rlim_cur == limit.rlim_max)
    return;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
    log::warn("gateway.descriptors", "the limit cannot be raised");
}

/// Fine enough for the shortest deadline, coarse enough to cost nothing.
milliseconds tick_for(const config::settings& by) {
  const auto& http = by.http;
  auto shortest =
      std::min({http.ping_interval, http.auth_timeout, http.header_timeout,
                http.window_timeout,
                milliseconds{by.auth.access_ttl} + by.auth.expiry_grace});
  return std::clamp(shortest / 4, milliseconds{20}, milliseconds{1000});
}

size_t thread_count(uint32_t configured) {
  if (configured > 0)
    return configured;
  return std::max(1u, std::thread::hardware_concurrency() / 2);
}

class node_front final : public front {
public:
  node_front(std::unique_ptr<password_pool> passwords, services_ptr with,
             std::vector<hub_ptr> hubs, std::shared_ptr<listener> door)
      : passwords_(std::move(passwords)),
        with_(std::move(with)),
        hubs_(std::move(hubs)),
        listener_(std::move(door)) {
    for (size_t i = 0; i < hubs_.size(); ++i)
      hubs_[i]->start(fmt::format("parley-io-{}", i));
    listener_->start();
  }

  ~node_front() override { stop(); }

  std::string address() const override { return listener_->address(); }

  void set_ready(bool ready) override { with_->ready = ready; }

  void stop_accepting() override { listener_->stop(); }

  void drain(const departure& where, double share) override {
    with_->draining = true;
    for (const auto& x : hubs_) {
      uint32_t seed = 0;
      with_->node->random->fill(&seed, sizeof seed);
      x->post([to = x.get(), where, share, seed] {
        std::minstd_rand dice{seed};
        std::bernoulli_distribution is_told{share};
        to->for_each([&](peer& who) {
          if (is_told(dice))
            who.on_drain(where);
        });
      });
    }
  }

  void take_clients() override { with_->draining = false; }

  size_t connections() const override { return with_->connections.count(); }

  void stop() override {
    if (std::exchange(stopped_, true))
      return;
    // The first hub accepts, and hands over to the others.
    listener_->stop();
    for (const auto& x : hubs_)
      x->stop();
    // After the hubs, which are its users; what still waits is dropped.
    passwords_.reset();
  }

private:
  std::unique_ptr<password_pool> passwords_;
  services_ptr with_;
  std::vector<hub_ptr> hubs_;
  std::shared_ptr<listener> listener_;
  bool stopped_ = false;
};

} // namespace

result<std::unique_ptr<front>> start_front(caf::actor_system& sys,
                                           context_ptr node,
                                           const token_service& tokens,
                                           client_regions_ptr regions) {
  raise_descriptor_limit();
  auto passwords =
      std::make_unique<password_pool>(node->settings.auth, *node->random);
  auto with =
      std::make_shared<services>(sys, std::move(node), tokens, *passwords);
  with->regions = std::move(regions);
  const auto& settings = with->settings();
  std::vector<hub_ptr> hubs;
  for (size_t i = 0; i < thread_count(settings.http.threads); ++i)
    hubs.push_back(std::make_shared<hub>(tick_for(settings)));
  auto door = listener::open(with, hubs);
  if (!door)
    return door.error();
  return std::unique_ptr<front>{new node_front{std::move(passwords),
                                               std::move(with), std::move(hubs),
                                               std::move(*door)}};
}

} // namespace parley::gateway
