/// What a replication message costs between two nodes, by the CPU clocks of
/// both processes. The other node is a fork of this program; it acknowledges
/// each batch, as a replica does.

#include "certificate.hpp"
#include "link_end.hpp"
#include "process.hpp"

#include "parley/base/log.hpp"
#include "parley/cluster/links.hpp"

#include <CLI/CLI.hpp>
#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <signal.h>
#include <stdexcept>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utility>

namespace parley::bench {

namespace {

using namespace parley::cluster;
using model::replication::append;
using model::replication::appended;
using model::replication::message;
using std::chrono::seconds;

constexpr uint64_t in_flight_max = 4096;

struct run_of {
  size_t bytes = 0;
  size_t group = 0;
  uint64_t messages = 0;
};

/// Acknowledges what has arrived, once a batch.
caf::behavior replica(caf::event_based_actor* self) {
  self->set_default_handler(caf::drop);
  return {[](peer_up&) {}, [](peer_down&) {},
          [self](const arrived& x) {
            appended back;
            back.match = std::get<append>(x.messages.back()).prev.index;
            self->send(caf::actor_cast<caf::actor>(self->current_sender()),
                       outgoing{x.done.from, {back}});
            return x.done;
          }};
}

struct leader_state {
  caf::actor links;
  uint64_t sent = 0;
  uint64_t acknowledged = 0;
};

/// Keeps `in_flight_max` messages on their way until all are acknowledged.
caf::behavior leader(caf::stateful_actor<leader_state>* self, run_of what,
                     caf::actor done) {
  auto& state = self->state;
  const auto payload = shared_bytes{std::string(what.bytes, 'x')};
  auto send = [=, &state] {
    while (state.sent < what.messages
           && state.sent - state.acknowledged + what.group <= in_flight_max) {
      outgoing group{2, {}};
      auto left = std::min<uint64_t>(what.group, what.messages - state.sent);
      for (; left > 0; --left) {
        append x;
        x.prev.index = ++state.sent;
        x.entries.emplace_back().payload = payload;
        group.messages.emplace_back(std::move(x));
      }
      self->send(state.links, std::move(group));
    }
  };
  return {[&state](const caf::actor& links) { state.links = links; },
          [=](const peer_up&) { self->send(done, caf::ok_atom_v); },
          [](const peer_down&) {}, [=](caf::tick_atom) { send(); },
          [=, &state](const arrived& x) {
            state.acknowledged = std::get<appended>(x.messages.back()).match;
            send();
            if (state.acknowledged == what.messages)
              self->send(done, caf::ok_atom_v);
            return x.done;
          }};
}

/// The other process; ends with this one.
[[noreturn]] void follow(const std::string& certificate, int port_to) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const auto with = link_of(2, certificate);
  caf::actor_system_config cfg;
  configure_link_end(cfg, with);
  caf::actor_system sys{cfg};
  auto started = must_start(sys, with, sys.spawn(replica));
  caf::anon_send(started.handle, reach{20, {{1, "127.0.0.1", 0, 10}}});
  if (::write(port_to, &started.port, sizeof started.port) < 0)
    ::_exit(1);
  for (;;)
    ::pause();
}

void await(caf::scoped_actor& self) {
  self->receive([](caf::ok_atom) {});
}

void lead(const run_of& what, const std::string& certificate, pid_t other,
          uint16_t port) {
  const auto with = link_of(1, certificate);
  caf::actor_system_config cfg;
  configure_link_end(cfg, with);
  caf::actor_system sys{cfg};
  caf::scoped_actor self{sys};
  auto driver = sys.spawn(leader, what, caf::actor{self});
  auto started = must_start(sys, with, driver);
  caf::anon_send(driver, started.handle);
  caf::anon_send(started.handle, reach{10, {{2, "127.0.0.1", port, 20}}});
  await(self);
  clockid_t theirs{};
  ::clock_getcpuclockid(other, &theirs);
  const auto own_cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  const auto their_cpu = seconds_of(theirs);
  const auto began = seconds_of(CLOCK_MONOTONIC);
  caf::anon_send(driver, caf::tick_atom_v);
  await(self);
  const auto count = static_cast<double>(what.messages);
  fmt::print("{:>5} {:>6} {:>6} {:>10.2f} {:>10.2f} {:>12.0f}\n",
             certificate.empty() ? "none" : "TLS", what.bytes, what.group,
             (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - own_cpu) / count * 1e6,
             (seconds_of(theirs) - their_cpu) / count * 1e6,
             count / (seconds_of(CLOCK_MONOTONIC) - began));
  std::fflush(stdout);
  caf::anon_send_exit(started.handle, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(driver, caf::exit_reason::user_shutdown);
}

void measure(const run_of& what, const std::string& certificate) {
  int ends[2];
  if (::pipe(ends) != 0)
    throw std::runtime_error("no pipe");
  const auto other = ::fork();
  if (other == 0)
    follow(certificate, ends[1]);
  uint16_t port = 0;
  if (::read(ends[0], &port, sizeof port) == sizeof port)
    lead(what, certificate, other, port);
  ::kill(other, SIGKILL);
  ::waitpid(other, nullptr, 0);
  ::close(ends[0]);
  ::close(ends[1]);
}

} // namespace

} // namespace parley::bench

int main(int argc, char** argv) {
  CLI::App app{"CPU time of a replication message between two nodes"};
  uint64_t messages = 512 * 1024;
  app.add_option("--messages", messages, "of each run");
  CLI11_PARSE(app, argc, argv);
  parley::log::set_level("error");
  const parley::bench::temp_directory folder{
      std::filesystem::temp_directory_path()};
  const auto certificate = parley::bench::make_certificate(folder.path());
  fmt::print("{:>5} {:>6} {:>6} {:>10} {:>10} {:>12}\n", "", "bytes", "group",
             "sender µs", "other µs", "messages/s");
  for (auto tls : {false, true})
    for (size_t bytes : {100, 1'000})
      for (size_t group : {1, 8, 64})
        parley::bench::measure({bytes, group, messages},
                               tls ? certificate : std::string{});
}
