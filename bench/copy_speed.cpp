/// How fast a partition's history moves from one node to another, compared with
/// a raw copy of the same bytes over the same kind of connection: one process
/// sends, another writes and syncs. Both ends of the move are the node's own
/// code: snapshot, source, links, copier, sorted files, and the step that puts
/// them in place.

#include "certificate.hpp"
#include "cluster/copies.hpp"
#include "copy_rows.hpp"
#include "link_end.hpp"
#include "process.hpp"
#include "raw_copy.hpp"
#include "stored_size.hpp"

#include "parley/base/log.hpp"
#include "parley/cluster/links.hpp"
#include "parley/cluster/replicator.hpp"
#include "parley/history/open.hpp"

#include <CLI/CLI.hpp>
#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <signal.h>
#include <stdexcept>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace parley::bench {

namespace {

namespace fs = std::filesystem;
using namespace parley::cluster;

struct run_of {
  fs::path folder;
  std::string certificate; ///< Empty: no TLS.
  copy_limits limits;
};

/// What a run took: from the request to what is durable.
struct taken {
  double seconds = 0;
  double from_cpu_s = 0;
  double to_cpu_s = 0;
};

std::unique_ptr<history::replica_store> must_open(const fs::path& folder) {
  auto opened = history::open_rocks({.path = folder.string()});
  if (!opened)
    throw std::runtime_error(opened.error().message);
  return std::move(*opened);
}

/// In the leader's place.
caf::behavior leader(caf::event_based_actor* self,
                     const history::replica_store* store) {
  return {[](const peer_up&) {}, [](const peer_down&) {},
          [=](const open_copy& x) {
            auto source =
                spawn_copy_source(self->system(), store->snapshot(x.partition));
            return copy_opened{{}, source};
          }};
}

[[noreturn]] void send_history(const run_of& what, int port_to) {
  auto store = must_open(what.folder / "history");
  const auto with = link_of(2, what.certificate);
  caf::actor_system_config cfg;
  configure_link_end(cfg, with);
  register_replicator_messages(cfg);
  caf::actor_system sys{cfg};
  auto started = must_start(sys, with, sys.spawn(leader, store.get()));
  caf::anon_send(started.handle, reach{20, {{1, "127.0.0.1", 0, 10}}});
  if (::write(port_to, &started.port, sizeof started.port) < 0)
    ::_exit(1);
  for (;;)
    ::pause();
}

/// In the new replica's place: from the request to what is durable.
taken take_history(const run_of& what, pid_t other, uint16_t port) {
  auto store = must_open(what.folder / "copy");
  const auto with = link_of(1, what.certificate);
  caf::actor_system_config cfg;
  configure_link_end(cfg, with);
  register_replicator_messages(cfg);
  caf::actor_system sys{cfg};
  caf::scoped_actor self{sys};
  auto started = must_start(sys, with, caf::actor{self});
  auto copier = spawn_copier(sys, *store, what.limits, runs::detached);
  caf::anon_send(started.handle, reach{10, {{2, "127.0.0.1", port, 20}}});
  caf::actor from;
  self->receive([&](const peer_up& x) { from = x.replicator; });
  clockid_t theirs{};
  ::clock_getcpuclockid(other, &theirs);
  taken result{-seconds_of(CLOCK_MONOTONIC), -seconds_of(theirs),
               -seconds_of(CLOCK_PROCESS_CPUTIME_ID)};
  self->send(copier, make_copy{moved_partition, from});
  self->receive([&](const copy_done& x) {
    if (!x.rows || !store->replace(std::move(*x.rows), {}))
      throw std::runtime_error("the copy failed");
  });
  result.seconds += seconds_of(CLOCK_MONOTONIC);
  result.from_cpu_s += seconds_of(theirs);
  result.to_cpu_s += seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  caf::anon_send_exit(started.handle, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(copier, caf::exit_reason::user_shutdown);
  return result;
}

[[noreturn]] void send_bytes(const run_of& what, int port_to) {
  raw_sender sender{what.certificate};
  const auto port = sender.port();
  if (::write(port_to, &port, sizeof port) < 0)
    ::_exit(1);
  sender.send(what.folder / "rows");
  for (;;)
    ::pause();
}

taken take_bytes(const run_of& what, pid_t other, uint16_t port) {
  raw_receiver receiver{what.certificate, port};
  clockid_t theirs{};
  ::clock_getcpuclockid(other, &theirs);
  taken result{-seconds_of(CLOCK_MONOTONIC), -seconds_of(theirs),
               -seconds_of(CLOCK_PROCESS_CPUTIME_ID)};
  receiver.receive(what.folder / "copied-rows");
  result.seconds += seconds_of(CLOCK_MONOTONIC);
  result.from_cpu_s += seconds_of(theirs);
  result.to_cpu_s += seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  return result;
}

/// Runs `work` in a process of its own, which ends with this one. Nothing of
/// RocksDB or CAF may have run here: their threads would be missing there.
template <class Work>
pid_t begin(Work&& work) {
  const auto child = ::fork();
  if (child != 0)
    return child;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  try {
    work();
  } catch (const std::exception& why) {
    fmt::print(stderr, "copy-speed: {}\n", why.what());
    ::_exit(1);
  }
  ::_exit(0);
}

void await(pid_t child) {
  int status = 0;
  if (::waitpid(child, &status, 0) < 0 || status != 0)
    throw std::runtime_error("a process failed");
}

using sender = void (*)(const run_of&, int);
using receiver = taken (*)(const run_of&, pid_t, uint16_t);

taken measure(const run_of& what, sender send, receiver take) {
  int ports[2];
  int results[2];
  if (::pipe(ports) != 0 || ::pipe(results) != 0)
    throw std::runtime_error("no pipe");
  ::sync(); // What was written before is not to be written meanwhile.
  const auto from = begin([&] { send(what, ports[1]); });
  uint16_t port = 0;
  if (::read(ports[0], &port, sizeof port) != sizeof port)
    throw std::runtime_error("the sender does not start");
  const auto to = begin([&] {
    const auto result = take(what, from, port);
    if (::write(results[1], &result, sizeof result) < 0)
      ::_exit(1);
  });
  await(to);
  taken result;
  if (::read(results[0], &result, sizeof result) != sizeof result)
    throw std::runtime_error("no result");
  ::kill(from, SIGKILL);
  ::waitpid(from, nullptr, 0);
  for (auto each : {ports[0], ports[1], results[0], results[1]})
    ::close(each);
  fs::remove_all(what.folder / "copy");
  fs::remove(what.folder / "copied-rows");
  return result;
}

double median(std::vector<double> all) {
  std::sort(all.begin(), all.end());
  return all[all.size() / 2];
}

void compare(const run_of& what, double megabytes, int rounds) {
  std::vector<double> moved;
  std::vector<double> raw;
  std::vector<double> ratios;
  taken moving;
  taken copying;
  for (int i = 0; i < rounds; ++i) {
    copying = measure(what, send_bytes, take_bytes);
    moving = measure(what, send_history, take_history);
    raw.push_back(megabytes / copying.seconds);
    moved.push_back(megabytes / moving.seconds);
    ratios.push_back(moved.back() / raw.back());
  }
  auto ms = [=](double seconds) {
    return seconds / megabytes * 1e3;
  };
  fmt::print("{:>5} {:>8} {:>10.1f} {:>10.1f} {:>7.2f} {:>8.2f}/{:.2f} "
             "{:>8.2f}/{:.2f}\n",
             what.certificate.empty() ? "none" : "TLS",
             what.limits.bytes_per_s / 1'000'000, median(raw), median(moved),
             median(ratios), ms(copying.from_cpu_s), ms(copying.to_cpu_s),
             ms(moving.from_cpu_s), ms(moving.to_cpu_s));
  std::fflush(stdout);
}

/// The history as it stands after months: at the bottom, compressed.
void make_history(const fs::path& folder, uint64_t bytes) {
  write_history(*must_open(folder / "history"), bytes);
  compact(folder);
  save_rows(*must_open(folder / "history"), folder / "rows");
}

} // namespace

} // namespace parley::bench

int main(int argc, char** argv) {
  using namespace parley::bench;
  CLI::App app{"How fast a partition moves, compared with a raw copy"};
  uint64_t megabytes = 400;
  uint64_t window_kib = parley::cluster::copy_limits{}.window_bytes >> 10;
  uint64_t part_kib = parley::cluster::copy_limits{}.part_bytes >> 10;
  uint64_t limit = 50;
  int rounds = 3;
  std::string parent = fs::temp_directory_path();
  app.add_option("--megabytes", megabytes, "of rows");
  app.add_option("--rounds", rounds, "of each kind");
  app.add_option("--window", window_kib, "KiB on their way at once");
  app.add_option("--part", part_kib, "KiB of one part");
  app.add_option("--limit", limit, "MB/s of the last run; 0: no such run");
  app.add_option("--dir", parent, "where the data goes meanwhile");
  CLI11_PARSE(app, argc, argv);
  parley::log::set_level("error");
  const temp_directory made{parent};
  const auto& folder = made.path();
  run_of what{folder, {}, {0, part_kib << 10, window_kib << 10}};
  const auto certificate = make_certificate(folder);
  await(begin([&] { make_history(folder, megabytes * 1'000'000); }));
  const auto moved =
      static_cast<double>(fs::file_size(what.folder / "rows")) / 1e6;
  fmt::print("{:.0f} MB of rows, {:.0f} MB on the disk\n", moved,
             static_cast<double>(bytes_in(what.folder / "history")) / 1e6);
  fmt::print("{:>5} {:>8} {:>10} {:>10} {:>7} {:>13} {:>13}\n", "", "limit",
             "raw MB/s", "move MB/s", "ratio", "raw ms/MB", "move ms/MB");
  compare(what, moved, rounds);
  what.certificate = certificate;
  compare(what, moved, rounds);
  what.limits.bytes_per_s = limit * 1'000'000;
  if (limit > 0)
    compare(what, moved, 1);
}
