#include "actors/node.hpp"

#include "actors/fake_connection.hpp"
#include "actors/fake_push.hpp"
#include "actors/fakes.hpp"
#include "actors/node_actors.hpp"

#include "parley/base/log.hpp"
#include "parley/base/metrics.hpp"
#include "parley/history/open.hpp"
#include "parley/history/reader.hpp"
#include "parley/protocol/requests.hpp"
#include "parley/push/dispatcher.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace parley::test {

using std::chrono::seconds;

config::settings calm_settings() {
  config::settings with;
  with.limits.sends_per_s = 0;
  with.cluster.partitions = 4;
  with.storage.readers = 2;
  with.presence.coalesce = std::chrono::milliseconds{0};
  with.presence.node_grace = std::chrono::milliseconds{0};
  return with;
}

std::string group_id(unsigned number) {
  auto digits = std::to_string(number);
  return "g:" + std::string(26 - digits.size(), '0') + digits;
}

node::node(config::settings with, uint64_t seed, size_t members)
    : settings_(std::move(with)),
      members_(members),
      random_(std::make_unique<seeded_random>(seed)),
      disk_(history::make_memory_store()),
      tokens_(std::make_unique<fake_tokens>()) {
  log::set_level("off");
  referee_ = std::make_shared<referee>();
  referee_->partitions.resize(partitions());
  start();
}

node::node(config::settings with, std::shared_ptr<fake_push> push)
    : settings_(std::move(with)),
      random_(std::make_unique<seeded_random>(1)),
      disk_(history::make_memory_store()),
      tokens_(std::make_unique<fake_tokens>()),
      push_(std::move(push)) {
  log::set_level("off");
  referee_ = std::make_shared<referee>();
  referee_->partitions.resize(partitions());
  start();
}

node::~node() {
  if (is_running())
    crash();
}

bool node::is_running() const {
  return actors_ != nullptr;
}

uint32_t node::partitions() const {
  return settings_.cluster.partitions;
}

void node::start() {
  // A new process counts from nothing.
  for (auto g = 0; g < static_cast<int>(metrics::gauge::count_); ++g)
    metrics::move(static_cast<metrics::gauge>(g),
                  -metrics::value(static_cast<metrics::gauge>(g)));
  uint64_t seed = 0;
  random_->fill(&seed, sizeof seed);
  actors_ = std::make_unique<actors>(*disk_, seed);
  actors_->store.set_cold(cold_);
  ++starts_;
  for (size_t i = 0; i < members_; ++i)
    start_member(i);
  enter(0);
  if (members_ == 1)
    return wake_outboxes();
  for (size_t i = 0; i < partitions(); ++i)
    lead(i, i % members_);
  notify_all();
}

void node::start_member(size_t member) {
  auto& sys = actors_->sys;
  auto context = std::make_shared<node_context>();
  actors_->members.push_back(context);
  auto& with = *context;
  with.settings = settings_;
  with.clock = &clock_;
  with.random = random_.get();
  with.store = &actors_->store;
  with.tokens = tokens_.get();
  with.starts = starts_;
  with.journal = members_ > 1 ? spawn_refereed_journal(sys, member, referee_,
                                                       actors_->store)
                              : spawn_journal(
                                  sys, actors_->store,
                                  [this](const error&) {
                                    if (!actors_->store.is_cut())
                                      ++failed_writes_;
                                  },
                                  runs::scheduled);
  for (uint32_t i = 0; i < settings_.storage.readers; ++i)
    with.readers.push_back(spawn_reader(sys, actors_->store, runs::scheduled));
  with.couriers.push_back(spawn_courier(sys));
  with.divide_into(partitions());
  with.presence_hub = spawn_presence_hub(sys, context);
  for (size_t i = 0; i < with.partitions.size(); ++i)
    with.partitions[i] =
        spawn_partition(sys, context, static_cast<uint16_t>(i),
                        members_ > 1 ? begins::waiting : begins::leading);
  if (push_)
    start_push();
}

void node::start_push() {
  const auto& of = actors_->members.back();
  auto& to = of->push;
  push::provider_table all;
  all.fill(push_);
  to.webhook = !settings_.push.webhook.url.empty();
  to.dispatcher = push::spawn_dispatcher(actors_->sys, of, std::move(all));
  caf::anon_send(to.dispatcher, push_replay{});
}

void node::wake_outboxes() {
  for (uint32_t i = 0; i < partitions(); ++i) {
    const auto rows = history::load_all<history::outbox_record>(
        *disk_, history::state_prefix(history::record::outbox,
                                      static_cast<uint16_t>(i)));
    for (const auto& row : rows.value())
      caf::anon_send(actors_->context->home(row.conv),
                     to_conversation{row.conv}, wake{});
  }
}

void node::crash() {
  actors_->store.cut();
  for (auto& x : clients_)
    if (auto c = x.lock())
      c->connection().cut();
  end_everything();
}

void node::stop() {
  end_everything();
}

void node::end_everything() {
  auto end = [](const caf::actor& x) {
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
  };
  for (const auto& x : actors_->sessions)
    end(x.second);
  actors_->sessions.clear();
  for (const auto& with : actors_->members)
    for (const auto& x : with->partitions)
      end(x);
  run();
  // Whoever waits for an answer that does not come is told so by then.
  actors_->scheduler().advance_time(seconds{60});
  run();
  for (const auto& with : actors_->members)
    end(with->journal);
  run();
  for (const auto& with : actors_->members) {
    if (with->push.dispatcher)
      end(with->push.dispatcher);
    for (const auto& x : with->readers)
      end(x);
    for (const auto& x : with->couriers)
      end(x);
    end(with->presence_hub);
  }
  if (push_)
    push_->forget();
  run();
  actors_->scheduler().clock().cancel_all();
  run();
  actors_->context.reset();
  actors_->members.clear();
  if (referee_)
    referee_->open.clear();
  if (actors_->sys.registry().running() != actors_->baseline) {
    std::fputs("an actor has not ended with its node\n", stderr);
    std::abort(); // The actor system would wait for it for ever.
  }
  actors_.reset();
}

// -- steps ---------------------------------------------------------------

void node::run() {
  do {
    while (actors_->scheduler().try_run_once()) {}
  } while (reap());
}

bool node::step() {
  const auto ended = reap();
  return actors_->scheduler().try_run_once() || ended;
}

bool node::step_by_chance() {
  const auto ended = reap();
  auto& jobs = actors_->scheduler().jobs;
  if (jobs.empty())
    return ended;
  auto any = std::uniform_int_distribution<size_t>{0, jobs.size() - 1};
  std::swap(jobs.front(), jobs[any(actors_->dice)]);
  return actors_->scheduler().try_run_once();
}

void node::beat() {
  clock_.advance(seconds{1});
  actors_->scheduler().advance_time(seconds{1});
  for (const auto& member : actors_->members)
    for (const auto& partition : member->partitions)
      caf::anon_send(partition, tick{});
}

void node::advance(seconds total) {
  for (auto left = total; left.count() > 0; --left) {
    beat();
    run();
  }
}

/// Does what a connection does once it has closed: ends its session.
bool node::reap() {
  auto found = false;
  std::erase_if(actors_->sessions, [&](const auto& x) {
    auto c = x.first.lock();
    if (c && c->is_open())
      return false;
    found = true;
    caf::anon_send_exit(x.second, caf::exit_reason::user_shutdown);
    return true;
  });
  return found;
}

void node::fail_writes() {
  actors_->store.fail_writes();
}

void node::set_cold(std::function<bool(std::string_view)> cold) {
  cold_ = std::move(cold);
  actors_->store.set_cold(cold_);
}

// -- clients -------------------------------------------------------------

client_ptr node::open(const std::string& user, const std::string& device) {
  client::line to;
  to.at = this;
  to.connection = std::make_shared<fake_connection>();
  auto session = spawn_session(actors_->sys, actors_->context, to.connection);
  auto address = session.address();
  to.send = [address](const std::string& frame) {
    auto requests = std::make_shared<std::vector<protocol::request>>(
        protocol::parse_frame(frame));
    if (auto whom = caf::actor_cast<caf::actor>(address))
      caf::anon_send(whom, inbound{std::move(requests)});
  };
  auto result = std::make_shared<client>(std::move(to), user, device);
  std::erase_if(clients_, [](const auto& x) { return x.expired(); });
  clients_.push_back(result);
  actors_->sessions.emplace_back(result, std::move(session));
  return result;
}

client_ptr node::connect(const std::string& user, const std::string& device,
                         std::optional<int64_t> since) {
  auto result = open(user, device);
  json::object auth{
      {"t", "auth"}, {"token", "token-" + user}, {"device", device}};
  if (since)
    auth["since"] = *since;
  const auto reply = result->request(std::move(auth));
  if (text_of(reply, "t") != "ready")
    throw std::runtime_error("not ready but " + json::serialize(reply));
  return result;
}

std::vector<live_session> node::sessions() {
  std::vector<live_session> all;
  for (const auto& member : actors_->members)
    for (const auto& partition : member->partitions)
      ask<session_rows>(
          *member, partition,
          [&all](const result<session_rows>& rows) {
            for (const auto& x : rows.value().rows)
              all.push_back({x.user, x.device, x.away});
          },
          get_sessions{});
  run();
  return all;
}

active_actors node::active() {
  return {metrics::value(metrics::gauge::actors_user),
          metrics::value(metrics::gauge::actors_conversation),
          metrics::value(metrics::gauge::actors_presence)};
}

} // namespace parley::test
