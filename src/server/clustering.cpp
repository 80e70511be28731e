#include "server/clustering.hpp"

#include "parley/base/log.hpp"
#include "parley/base/random.hpp"
#include "parley/cluster/replicator.hpp"
#include "parley/cluster/router.hpp"
#include "parley/config/address.hpp"

#include <caf/all.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <future>
#include <memory>
#include <thread>
#include <utility>

namespace parley::server {

using namespace std::chrono_literals;

namespace {

/// ZooKeeper may be starting, too.
constexpr auto join_within = 60s;

constexpr size_t id_bytes = 24;

/// For an answer of the member's thread, which does not block.
constexpr auto look_patience = 500ms;

/// A replica that is so far behind holds up its whole partition: it is left out
/// of the in-sync set until it has caught up.
constexpr auto lag_deadline = 2s;

cluster::link_options link_options_of(const config::settings& with,
                                      std::string version) {
  const auto& by = with.cluster;
  auto at = config::parse_listen(by.listen);
  cluster::link_options options;
  options.build = std::move(version);
  options.listen_host = at->host;
  options.listen_port = at->port;
  options.security = {by.tls.cert.empty() ? cluster::link_security::kind::none
                                          : cluster::link_security::kind::tls,
                      by.tls.cert, by.tls.key, by.tls.ca};
  return options;
}

cluster::member_settings member_settings_of(const config::settings& with,
                                            const data_identity& identity,
                                            const std::string& fingerprint,
                                            const std::string& version) {
  const auto& by = with.cluster;
  cluster::member_settings settings;
  auto& as = settings.membership;
  as.self.name = with.node.id;
  as.self.instance = identity.instance;
  as.self.region = with.node.region;
  as.self.zone = by.zone;
  as.self.weight = by.weight;
  as.self.public_url = with.http.public_url;
  as.self.listen = by.listen;
  as.self.version = version;
  as.self.protocol = cluster::own_protocol().max;
  as.self.protocol_min = cluster::own_protocol().min;
  as.self.fingerprint = fingerprint;
  as.own = {"",          by.name,        by.partitions,
            by.replicas, by.min_in_sync, fingerprint};
  as.new_id = make_secret(id_bytes, system_random());
  as.stored_id = identity.cluster;
  return settings;
}

} // namespace

result<std::unique_ptr<clustering>>
clustering::join(const config::settings& with, data_identity& identity,
                 bool brings_data, const std::string& fingerprint,
                 std::string version, std::function<void()> expelled) {
  std::unique_ptr<clustering> made{new clustering};
  made->name_ = with.node.id;
  made->sessions_max_ = with.http.connections_max;
  made->session_timeout_ = with.cluster.session_timeout;
  made->copy_bytes_per_s_ = with.cluster.copy_bytes_per_s;
  made->links_with_ = link_options_of(with, version);
  if (auto sound = cluster::check_security(made->links_with_); !sound)
    return sound.error();
  auto member = member_settings_of(with, identity, fingerprint, version);
  member.membership.brings_data = brings_data;
  cluster::zookeeper_settings to{
      fmt::format("{}", fmt::join(with.cluster.servers, ",")),
      with.cluster.session_timeout};
  made->member_ = std::make_unique<cluster::member>(
      std::move(member),
      [to](const cluster::executor& post) {
        return cluster::connect_zookeeper(to, post);
      },
      [expelled = std::move(expelled)](const std::string&) { expelled(); });
  auto place = made->member_->join(join_within);
  if (!place)
    return place.error();
  made->place_ = *place;
  made->links_with_.cluster = place->cluster.id;
  made->links_with_.node = place->number;
  identity.cluster = place->cluster.id;
  return made;
}

void clustering::configure(caf::actor_system_config& to) const {
  cluster::configure_links(to, links_with_);
  cluster::register_replicator_messages(to);
}

caf::actor clustering::start_replicator(
    caf::actor_system& sys, history::replica_store& store,
    const context_ptr& node, std::function<void(const error&)> failed) {
  cluster::replicator_settings with;
  with.host.replicas.self = place_.number;
  with.host.replicas.min_in_sync = place_.cluster.min_in_sync;
  with.host.replicas.lag_deadline = lag_deadline;
  with.host.replicas.resign_after = session_timeout_;
  with.host.partitions = place_.cluster.partitions;
  with.copy_bytes_per_s = copy_bytes_per_s_;
  cluster::replicator_ports ports;
  ports.compare_and_set = member_->record_writer();
  ports.read_record = member_->record_reader();
  ports.leads = [weak = std::weak_ptr{node}](uint16_t which, uint64_t epoch) {
    if (auto of = weak.lock())
      of->led.set(which, epoch);
  };
  ports.failed = std::move(failed);
  replicator_ = cluster::spawn_replicator(sys, with, store, std::move(ports));
  return replicator_;
}

result<void> clustering::start(caf::actor_system& sys,
                               const context_ptr& node) {
  router_ = cluster::spawn_router(
      sys, {place_.number, node->partitions, replicator_});
  auto linked =
      cluster::start_links(sys, links_with_, {replicator_, node->partitions},
                           router_, system_random());
  if (!linked)
    return linked.error();
  links_ = linked->handle;
  caf::anon_send(replicator_, cluster::meet{router_, links_});
  member_->tell({router_, replicator_, links_});
  return {};
}

std::vector<model::known_node> clustering::alive() const {
  std::vector<model::known_node> all;
  for (const auto& x : *member_->alive())
    all.push_back({x.entry.name, x.entry.public_url, x.entry.region,
                   static_cast<double>(x.entry.sessions) / sessions_max_,
                   x.entry.stopping});
  return all;
}

std::vector<model::known_node> clustering::others() const {
  auto all = alive();
  std::erase_if(all,
                [this](const auto& x) { return x.id == name_ || x.stopping; });
  return all;
}

bool clustering::leads_any(const node_context& node) {
  for (size_t i = 0; i < node.partitions.size(); ++i)
    if (node.led.of(i) != 0)
      return true;
  return false;
}

void clustering::await_hand_over(const node_context& node,
                                 std::chrono::milliseconds within) {
  auto end = std::chrono::steady_clock::now() + within;
  while (leads_any(node) && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(10ms);
  if (leads_any(node))
    log::warn("cluster.not_handed_over", "others take over after its session");
}

/// Partitions in whose in-sync set this node is though enough others are.
size_t clustering::in_sync_in_excess() const {
  auto counted = std::make_shared<std::promise<size_t>>();
  auto answer = counted->get_future();
  member_->look([counted, self = place_.number,
                 floor = place_.cluster.min_in_sync](const auto& picture) {
    size_t count = 0;
    for (const auto& [partition, x] : picture.records) {
      const auto& isr = x.record.isr;
      count += isr.size() > floor
               && model::replication::find_node(isr, self) != nullptr;
    }
    counted->set_value(count);
  });
  return answer.wait_for(look_patience) == std::future_status::ready
             ? answer.get()
             : 0;
}

void clustering::leave_in_sync_sets(std::chrono::milliseconds within) {
  auto end = std::chrono::steady_clock::now() + within;
  while (in_sync_in_excess() > 0 && std::chrono::steady_clock::now() < end) {
    // Once more, for whoever has begun to lead since.
    caf::anon_send(replicator_, cluster::say_leaving{});
    std::this_thread::sleep_for(20ms);
  }
}

void clustering::leave() {
  member_->leave();
  member_->tell({});
  router_ = links_ = replicator_ = nullptr;
}

} // namespace parley::server
