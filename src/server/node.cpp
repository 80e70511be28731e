#include "server/node.hpp"

#include "parley/actors/messages.hpp"
#include "parley/actors/spawn.hpp"
#include "parley/base/log.hpp"
#include "parley/base/metrics.hpp"
#include "parley/base/random.hpp"
#include "parley/history/open.hpp"
#include "parley/push/dispatcher.hpp"
#include "parley/server/data_dir.hpp"
#include "parley/server/drain.hpp"
#include "parley/server/recovery.hpp"
#include "parley/server/run.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <filesystem>
#include <thread>
#include <unistd.h>

namespace parley::server {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr auto reconnect_within = 5'000ms; ///< Told to clients.

// A node that the operator wants to be empty sends its clients away one by one,
// at random moments; not before it leads nothing more, if that comes soon.
constexpr int clients_move_beats = 20;
constexpr int lead_first_beats = 10;
constexpr auto move_within = 1'000ms; ///< Told to each of them.

// Together below run()'s limit for the whole stop.
constexpr auto clients_leave = 3'000ms;
constexpr auto lead_handed_over = 2'000ms;
constexpr auto left_out = 500ms;
constexpr auto partitions_end = 3'500ms;
constexpr auto journal_ends = 2'000ms;
constexpr auto helpers_end = 500ms;

/// EX_SOFTWARE: what was acknowledged is durable, nothing else may be.
constexpr int exit_after_failed_write = 70;

void configure(caf::actor_system_config& to, const config::actor_settings& by) {
  register_messages(to);
  to.set("scheduler.policy", caf::atom_from_string(by.policy));
  to.set("scheduler.max-threads", size_t{by.threads});
  to.set("scheduler.max-throughput", size_t{by.throughput});
  to.set("logger.console", caf::atom("none"));
  to.set("logger.file-verbosity", caf::atom("quiet"));
}

/// Others have what this node cannot read: they serve it once it is gone.
void end_damaged(const error& why) {
  log::error("node.damaged",
             "the data here cannot be trusted any more; start with an empty "
             "data directory, and the node copies everything: {}",
             why.message);
  ::_exit(exit_after_failed_write);
}

void fail(const error& why) {
  log::error("node.failed", "a write failed, nothing more is acknowledged: {}",
             why.message);
  ::_exit(exit_after_failed_write);
}

} // namespace

node::node(config::settings with, gateway::client_regions_ptr regions)
    : started_(std::chrono::steady_clock::now()),
      settings_(std::move(with)),
      regions_(std::move(regions)) {}

node::~node() {
  stop();
}

result<void> node::start(std::function<void()> shut_down) {
  if (auto opened = open_data(); !opened)
    return opened;
  if (auto opened = open_push(); !opened)
    return opened;
  if (settings_.cluster.mode == "zookeeper")
    if (auto joined = join_cluster(shut_down); !joined)
      return joined;
  auto meta = begin_start(*store_, settings_.cluster.partitions);
  if (!meta)
    return meta.error();
  context_->starts = meta->starts;
  if (auto started = start_actors(); !started)
    return started;
  if (auto replayed = replay(); !replayed)
    return replayed;
  disk_.emplace(settings_.storage, context_->refuses_sends);
  ticker_.emplace([this] { beat(); });
  return start_doors(std::move(shut_down));
}

result<void> node::open_data() {
  fs::path data_dir{settings_.node.data_dir};
  if (auto made = make_data_dir(data_dir); !made)
    return made;
  auto identity = open_identity(data_dir, system_random());
  if (!identity)
    return identity.error();
  identity_ = std::move(*identity);
  if (!identity_.cluster.empty() && settings_.cluster.mode == "standalone")
    return error{errc::internal,
                 "the data directory is that of a cluster's node, expected "
                 "cluster.mode = \"zookeeper\""};
  const auto& by = settings_.storage;
  history::open_options options;
  options.path = store_path(data_dir).string();
  options.block_cache_bytes = uint64_t{by.block_cache_mb} << 20;
  options.write_buffer_bytes = uint64_t{by.write_buffer_mb} << 20;
  options.blob_min_bytes = by.blob_min_bytes;
  if (settings_.cluster.mode == "zookeeper")
    options.damaged = end_damaged;
  auto opened = history::open_rocks(options);
  if (!opened)
    return opened.error();
  store_ = std::move(*opened);
  auto tokens = gateway::token_service::open(settings_, clock_);
  if (!tokens)
    return tokens.error();
  tokens_ = std::move(*tokens);
  context_ = std::make_shared<node_context>();
  context_->settings = settings_;
  context_->clock = &clock_;
  context_->random = &system_random();
  context_->store = store_.get();
  context_->tokens = tokens_.get();
  return {};
}

result<void> node::open_push() {
  if (!settings_.push.enabled)
    return {};
  auto opened = push::provider_set::open(settings_, clock_);
  if (!opened)
    return opened.error();
  push_ = std::move(*opened);
  return {};
}

/// Nothing of the store is written before the cluster has taken the node in.
result<void> node::join_cluster(std::function<void()> expelled) {
  auto partitions = settings_.cluster.partitions;
  auto started = last_start(*store_, partitions);
  if (!started)
    return started.error();
  auto is_new = identity_.cluster.empty();
  auto brings_data = is_new && *started;
  auto joined = clustering::join(
      settings_, identity_, brings_data,
      cluster::key_fingerprint(tokens_->secret_digest().view(),
                               push_ ? push_->vapid_key() : std::string{}),
      std::string{version()}, std::move(expelled));
  if (!joined)
    return joined.error();
  cluster_ = std::move(*joined);
  context_->alive = [from = cluster_.get()] {
    return from->alive();
  };
  if (brings_data)
    if (auto seeded = seed_cluster(*store_, partitions); !seeded)
      return seeded;
  if (is_new)
    return keep_cluster(settings_.node.data_dir, identity_.cluster);
  return {};
}

result<void> node::start_actors() {
  configure(actors_config_.emplace(), settings_.actors);
  if (cluster_)
    cluster_->configure(*actors_config_);
  auto& sys = actors_.emplace(*actors_config_);
  context_->journal =
      cluster_ ? cluster_->start_replicator(sys, *store_, context_, fail)
               : spawn_journal(sys, *store_, fail);
  for (uint32_t i = 0; i < settings_.storage.readers; ++i)
    context_->readers.push_back(spawn_reader(sys, *store_));
  for (uint32_t i = 0; i < settings_.actors.threads; ++i)
    context_->couriers.push_back(spawn_courier(sys));
  // Its size says where a name lives, so it stands before the first partition
  // runs; the handles follow before anything is sent.
  context_->divide_into(settings_.cluster.partitions);
  context_->presence_hub = spawn_presence_hub(sys, context_);
  start_push();
  auto& partitions = context_->partitions;
  for (size_t i = 0; i < partitions.size(); ++i)
    partitions[i] =
        spawn_partition(sys, context_, static_cast<uint16_t>(i),
                        cluster_ ? begins::waiting : begins::leading);
  if (!cluster_)
    return {};
  auto started = cluster_->start(sys, context_);
  context_->directory = cluster_->directory(); // Before the first client comes.
  return started;
}

/// Before the first user is activated, who looks whether there is a dispatcher.
void node::start_push() {
  if (!push_)
    return;
  auto& access = context_->push;
  access.webhook = !settings_.push.webhook.url.empty();
  access.vapid_key = push_->vapid_key();
  access.check = [by = push_.get()](const history::subscription_record& x) {
    return by->check(x);
  };
  access.dispatcher =
      push::spawn_dispatcher(*actors_, context_, push_->table());
}

/// In a cluster, who leads a partition from now on looks for what is open.
result<void> node::replay() {
  if (cluster_)
    return {};
  auto wake_up = [this](const std::string& conv) {
    caf::anon_send(context_->home(conv), to_conversation{conv}, wake{});
  };
  if (context_->push.dispatcher)
    caf::anon_send(context_->push.dispatcher, push_replay{});
  auto open = find_open_work(*store_, settings_.cluster.partitions, wake_up);
  if (!open)
    return open.error();
  log::info("node.replayed", "start={} conversations={} entries={}",
            context_->starts, open->conversations, open->entries);
  return {};
}

result<void> node::start_doors(std::function<void()> shut_down) {
  auto front = gateway::start_front(*actors_, context_, *tokens_, regions_);
  if (!front)
    return front.error();
  front_ = std::move(*front);
  // Beside the clients' pool, so that the operator does not wait for logins.
  auto passwords = settings_.auth;
  passwords.argon2_threads = 1;
  operator_passwords_ =
      std::make_unique<gateway::password_pool>(passwords, system_random());
  admin::services with;
  with.node = context_;
  with.version = version();
  with.started = started_;
  with.hash = [this](std::string password, auto done) {
    operator_passwords_->hash(std::move(password), std::move(done));
  };
  with.messages_per_s = [this] {
    return rate_.per_second();
  };
  with.member = cluster_ ? &cluster_->member() : nullptr;
  with.shut_down = std::move(shut_down);
  auto control =
      admin::control::start(std::move(with), admin::socket_path(settings_));
  if (!control)
    return control.error();
  control_ = std::move(*control);
  front_->set_ready(true);
  serves_ = true;
  return {};
}

/// On the ticker's thread, once a second.
void node::beat() {
  for (const auto& partition : context_->partitions)
    caf::anon_send(partition, tick{});
  rate_.sample(metrics::value(metrics::counter::messages_appended));
  if (cluster_)
    cluster_->member().set_load(
        static_cast<uint32_t>(metrics::value(metrics::gauge::sessions)));
  if (cluster_ && serves_ && !stopping_)
    move_clients();
  std::error_code failed;
  auto space = fs::space(settings_.node.data_dir, failed);
  if (failed)
    return;
  disk_->look({space.capacity - space.free, space.available});
  if (cluster_) // Others have room for what it leads.
    cluster_->member().set_stopping(stopping_ || context_->refuses_sends);
}

/// Who comes in spite of that is sent on with the next beat.
void node::move_clients() {
  if (!cluster_->member().drains()) {
    if (moving_beats_ > 0)
      front_->take_clients();
    leading_beats_ = moving_beats_ = 0;
    return;
  }
  auto others = cluster_->others();
  if (others.empty())
    return;
  if (moving_beats_ == 0) {
    if (clustering::leads_any(*context_) && leading_beats_ < lead_first_beats) {
      ++leading_beats_;
      return;
    }
    log::info("node.clients_move", "sessions={} within_s={}",
              metrics::value(metrics::gauge::sessions), clients_move_beats);
  }
  auto left = std::max(1, clients_move_beats - moving_beats_);
  moving_beats_ = std::min(moving_beats_ + 1, clients_move_beats);
  front_->drain({std::move(others), move_within.count()}, 1.0 / left);
}

void node::stop() {
  stopping_ = true;
  // Its clients leave while others take over what it leads.
  if (cluster_)
    cluster_->member().set_stopping(true);
  send_clients_away();
  if (cluster_) {
    cluster_->await_hand_over(*context_, lead_handed_over);
    cluster_->leave_in_sync_sets(left_out);
  }
  ticker_.reset();
  if (actors_)
    stop_actors();
  control_.reset();
  front_.reset();
  cluster_.reset();
  // The thread of a detached actor ends with the last handle to it, and the
  // actor system waits for that thread.
  disk_.reset();
  context_.reset();
  actors_.reset();
}

void node::send_clients_away() {
  if (!front_)
    return;
  front_->set_ready(false);
  front_->stop_accepting();
  gateway::departure where;
  where.within_ms = reconnect_within.count();
  if (cluster_)
    where.others = cluster_->others();
  if (where.others.empty())
    where.others.push_back(
        {settings_.node.id, settings_.http.public_url, settings_.node.region});
  front_->drain(where);
  auto end = std::chrono::steady_clock::now() + clients_leave;
  while (front_->connections() > 0 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(10ms);
}

/// Partitions hand their last state to the journal before they end, and the
/// journal commits what it holds before it does.
void node::stop_actors() {
  caf::scoped_actor self{*actors_};
  drain(self, context_->partitions, partitions_end, "partition");
  if (cluster_) {
    drain(self, cluster_->actors(), helpers_end, "link");
    cluster_->leave();
  }
  drain(self, {context_->journal}, journal_ends, "journal");
  if (context_->push.dispatcher)
    drain(self, {context_->push.dispatcher}, helpers_end, "push dispatcher");
  if (push_)
    push_->stop();
  // No I/O thread may meet an actor system that is gone.
  if (control_)
    control_->stop();
  operator_passwords_.reset();
  if (front_)
    front_->stop();
  drain(self, context_->readers, helpers_end, "reader");
  drain(self, context_->couriers, helpers_end, "courier");
  drain(self, {context_->presence_hub}, helpers_end, "presence hub");
}

} // namespace parley::server
