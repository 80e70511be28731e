/// What the presence of a node costs: all of its actors in this process, over
/// RocksDB, with connections that are none, as there are fewer descriptors than
/// sessions to have. Rooms of one who watches and those who are watched; the
/// former stay, the latter are idle for a while and then all leave within a
/// short time.

#include "process.hpp"

#include "parley/actors/ask.hpp"
#include "parley/actors/spawn.hpp"
#include "parley/base/log.hpp"
#include "parley/base/metrics.hpp"
#include "parley/base/random.hpp"
#include "parley/history/open.hpp"

#include <CLI/CLI.hpp>
#include <caf/all.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace parley::bench {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr size_t room_size = 99; ///< Who are watched; groups have 100 at most.

struct run_of {
  size_t sessions = 100'000;
  uint32_t idle_s = 60;
  uint32_t leave_s = 10;
  uint32_t threads = 1;
  config::presence_settings presence;
};

/// What all connections together heard.
struct heard_by_all {
  std::atomic<size_t> ready{0};
  std::atomic<size_t> lists{0};
  std::atomic<size_t> news{0};
};

class counting_outbox final : public outbox {
public:
  explicit counting_outbox(heard_by_all& to) : to_(to) {}

  void push(std::vector<protocol::outgoing> objects) override {
    for (const auto& x : objects) {
      if (x.own.find(R"("t":"ready")") != std::string::npos)
        ++to_.ready;
      else if (x.own.find(R"("t":"presence")") != std::string::npos)
        ++to_.lists;
      else if (x.shared.view().find(R"("t":"presence")") != std::string::npos)
        ++to_.news;
    }
  }
  size_t waiting_bytes() const noexcept override { return 0; }
  void handled() override {}
  void authenticated() override {}
  void expires(timestamp) override {}
  void window_full(bool) override {}
  void close(protocol::close_code) override {}

private:
  heard_by_all& to_;
};

/// A token is a name, and its user is made at first sight.
class trusting final : public token_checker {
public:
  result<identity> check(std::string_view token) const override {
    return identity{std::string{token}, {}, 4'000'000'000'000, true};
  }
};

int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             steady_clock::now().time_since_epoch())
      .count();
}

std::unique_ptr<history::store> open_in(const std::filesystem::path& folder) {
  history::open_options options;
  options.path = (folder / "db").string();
  auto opened = history::open_rocks(options);
  if (!opened)
    throw std::runtime_error(opened.error().message);
  return std::move(*opened);
}

struct actors_config : caf::actor_system_config {
  explicit actors_config(uint32_t threads) {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", static_cast<size_t>(threads));
    set("scheduler.max-throughput", size_t{64});
    set("logger.console", caf::atom("none"));
    register_messages(*this);
  }
};

/// A node without doors.
class doorless_node {
public:
  explicit doorless_node(const run_of& by) : cfg_(by.threads), sys_(cfg_) {
    auto& with = *node_;
    with.settings.limits.sends_per_s = 0;
    with.settings.presence = by.presence;
    with.clock = &clock_;
    with.random = &system_random();
    with.store = store_.get();
    with.tokens = &tokens_;
    with.starts = 1;
    with.journal = spawn_journal(sys_, *store_, [](const error& why) {
      throw std::runtime_error(why.message);
    });
    with.readers.push_back(spawn_reader(sys_, *store_));
    with.couriers.push_back(spawn_courier(sys_));
    with.divide_into(with.settings.cluster.partitions);
    with.presence_hub = spawn_presence_hub(sys_, node_);
    for (size_t i = 0; i < with.partitions.size(); ++i)
      with.partitions[i] =
          spawn_partition(sys_, node_, static_cast<uint16_t>(i));
    ticker_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        for (const auto& x : node_->partitions)
          caf::anon_send(x, tick{});
        std::this_thread::sleep_for(1s);
      }
    });
  }

  ~doorless_node() {
    ticker_.request_stop();
    ticker_.join();
    auto end = [](const caf::actor& x) {
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    };
    for (auto& x : sessions_)
      end(x);
    sessions_.clear();
    caf::scoped_actor self{sys_};
    for (const auto& x : node_->partitions) {
      end(x);
      self->wait_for(x);
    }
    for (const auto& x : {node_->journal, node_->readers[0], node_->couriers[0],
                          node_->presence_hub}) {
      end(x);
      self->wait_for(x);
    }
    node_->partitions.clear();
    node_->readers.clear();
    node_->couriers.clear();
    node_->journal = node_->presence_hub = nullptr;
  }

  void connect(const std::string& user) {
    sessions_.push_back(
        spawn_session(sys_, node_, std::make_shared<counting_outbox>(heard)));
    say(sessions_.size() - 1,
        fmt::format(R"({{"t":"auth","id":1,"token":"{}","device":"d"}})",
                    user));
  }

  void say(size_t session, const std::string& frame) {
    caf::anon_send(sessions_[session],
                   inbound{std::make_shared<std::vector<protocol::request>>(
                       protocol::parse_frame(frame))});
  }

  void leave(size_t session) {
    caf::anon_send_exit(sessions_[session], caf::exit_reason::user_shutdown);
    sessions_[session] = nullptr;
  }

  void make_room(size_t room, const std::string& owner,
                 const std::vector<std::string>& users,
                 std::atomic<size_t>& done) {
    auto conv = fmt::format("g:{:026}", room);
    ask_conversation<answer>(
        *node_, conv,
        [&done](const result<answer>& x) {
          if (!x)
            throw std::runtime_error(x.error().message);
          ++done;
        },
        create_group{owner, conv, "room", users});
  }

  heard_by_all heard;

private:
  temp_directory folder_{std::filesystem::temp_directory_path()};
  std::unique_ptr<history::store> store_ = open_in(folder_.path());
  system_wall_clock clock_;
  trusting tokens_;
  actors_config cfg_;
  caf::actor_system sys_;
  std::shared_ptr<node_context> node_ = std::make_shared<node_context>();
  std::vector<caf::actor> sessions_;
  std::jthread ticker_;
};

void wait_for(const std::atomic<size_t>& what, size_t count, const char* name) {
  auto end = steady_clock::now() + 10min;
  while (what < count) {
    if (steady_clock::now() > end)
      throw std::runtime_error(
          fmt::format("{} of {} {}", what.load(), count, name));
    std::this_thread::sleep_for(5ms);
  }
}

/// Connects everybody, some at a time, makes the rooms, and has one of each
/// watch the others.
/// @returns the number of those who watch; they come first.
size_t fill(doorless_node& node, size_t watched) {
  constexpr size_t at_once = 2'000;
  auto rooms = (watched + room_size - 1) / room_size;
  auto watcher = [](size_t i) {
    return fmt::format("watcher{}", i);
  };
  auto user = [](size_t i) {
    return fmt::format("user{}", i);
  };
  for (size_t i = 0; i < rooms + watched; ++i) {
    node.connect(i < rooms ? watcher(i) : user(i - rooms));
    if (i % at_once == at_once - 1)
      wait_for(node.heard.ready, i + 1, "sessions");
  }
  wait_for(node.heard.ready, rooms + watched, "sessions");
  std::atomic<size_t> made{0};
  for (size_t i = 0; i < rooms; ++i) {
    std::vector<std::string> users;
    for (auto j = i * room_size; j < std::min(watched, (i + 1) * room_size);
         ++j)
      users.push_back(user(j));
    node.make_room(i, watcher(i), users, made);
    wait_for(made, i + 1, "rooms");
  }
  std::this_thread::sleep_for(2s); // Until the members' inboxes know of it.
  for (size_t i = 0; i < rooms; ++i) {
    std::string users;
    for (auto j = i * room_size; j < std::min(watched, (i + 1) * room_size);
         ++j)
      users += (users.empty() ? "\"" : ",\"") + user(j) + "\"";
    node.say(i, fmt::format(R"({{"t":"watch","id":2,"users":[{}]}})", users));
    wait_for(node.heard.lists, i + 1, "watch lists");
  }
  return rooms;
}

/// The most of something in any second of the clock that paces it.
class per_second {
public:
  explicit per_second(metrics::counter of)
      : of_(of), before_(metrics::value(of)), first_(before_) {}

  void look() {
    auto now = steady_ms() / 1000;
    auto value = metrics::value(of_);
    if (now != second_) {
      most_ = std::max(most_, last_ - before_);
      before_ = last_;
      second_ = now;
    }
    last_ = value;
  }
  uint64_t most() const { return most_; }
  uint64_t all() const { return metrics::value(of_) - first_; }

private:
  metrics::counter of_;
  uint64_t before_;
  uint64_t first_;
  uint64_t last_ = before_;
  uint64_t most_ = 0;
  int64_t second_ = steady_ms() / 1000;
};

void print(const char* what, const std::string& value) {
  fmt::print("| {} | {} |\n", what, value);
  std::fflush(stdout);
}

void measure_idle(const run_of& by) {
  std::this_thread::sleep_for(40s); // Actors that idle are let go by then.
  auto cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  auto begun = steady_clock::now();
  std::this_thread::sleep_for(std::chrono::seconds{by.idle_s});
  std::chrono::duration<double> took = steady_clock::now() - begun;
  print("CPU while idle",
        fmt::format("{:.2f} % of a core",
                    100 * (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu)
                        / took.count()));
}

void measure_leaving(const run_of& by, doorless_node& node, size_t first) {
  per_second rows{metrics::counter::presence_rows};
  per_second told{metrics::counter::presence_told};
  auto dropped = metrics::value(metrics::counter::presence_rows_dropped);
  int64_t rows_wait = 0;
  int64_t changes_wait = 0;
  auto heard = node.heard.news.load();
  auto begun = steady_clock::now();
  auto cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  size_t gone = 0;
  auto quiet_since = begun;
  uint64_t done_before = 0;
  for (;;) {
    std::this_thread::sleep_for(2ms);
    rows.look();
    told.look();
    rows_wait = std::max(rows_wait,
                         metrics::value(metrics::gauge::presence_rows_waiting));
    changes_wait = std::max(
        changes_wait, metrics::value(metrics::gauge::presence_changes_waiting));
    std::chrono::duration<double> since = steady_clock::now() - begun;
    auto due = std::min(by.sessions,
                        static_cast<size_t>(static_cast<double>(by.sessions)
                                            * since.count() / by.leave_s));
    for (; gone < due; ++gone)
      node.leave(first + gone);
    auto done = rows.all() + told.all();
    if (done != std::exchange(done_before, done) || gone < by.sessions)
      quiet_since = steady_clock::now();
    if (steady_clock::now() - quiet_since > 5s)
      break;
  }
  std::chrono::duration<double> took = quiet_since - begun;
  print("until all is told and written", fmt::format("{:.0f} s", took.count()));
  print("CPU in that time",
        fmt::format("{:.1f} % of a core",
                    100 * (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu)
                        / (took.count() + 5)));
  print("changes told", fmt::format("{}", told.all()));
  print("most in a second", fmt::format("{}", told.most()));
  print("told to clients", fmt::format("{}", node.heard.news - heard));
  print("most changes that waited", fmt::format("{}", changes_wait));
  print("rows written", fmt::format("{}", rows.all()));
  print("most in a second", fmt::format("{}", rows.most()));
  print("most rows that waited", fmt::format("{}", rows_wait));
  print(
      "rows dropped",
      fmt::format("{}", metrics::value(metrics::counter::presence_rows_dropped)
                            - dropped));
}

int run(const run_of& by) {
  log::set_level("warn");
  doorless_node node{by};
  auto begun = steady_clock::now();
  auto watchers = fill(node, by.sessions);
  std::chrono::duration<double> took = steady_clock::now() - begun;
  fmt::print("| | |\n|---|---|\n");
  print("sessions that are watched", fmt::format("{}", by.sessions));
  print("sessions that watch", fmt::format("{}", watchers));
  print("time to connect and watch", fmt::format("{:.0f} s", took.count()));
  measure_idle(by);
  measure_leaving(by, node, watchers);
  return 0;
}

} // namespace

} // namespace parley::bench

int main(int argc, char** argv) {
  using namespace parley::bench;
  run_of by;
  CLI::App app{"What the presence of many sessions costs a node"};
  app.add_option("--sessions", by.sessions, "that are watched");
  app.add_option("--idle", by.idle_s, "s, of which the CPU is taken");
  app.add_option("--leave", by.leave_s, "s, in which all of them leave");
  app.add_option("--threads", by.threads, "for actors");
  app.add_option("--changes-per-s", by.presence.changes_per_s, "as configured");
  app.add_option("--writes-per-s", by.presence.writes_per_s, "as configured");
  app.add_option("--writes-waiting-max", by.presence.writes_waiting_max,
                 "as configured");
  CLI11_PARSE(app, argc, argv);
  try {
    return run(by);
  } catch (const std::exception& why) {
    fmt::print(stderr, "{}\n", why.what());
    return 1;
  }
}
