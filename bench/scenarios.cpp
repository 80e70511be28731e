#include "scenarios.hpp"

#include "load.hpp"
#include "target.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace parley::bench {

namespace {

using std::chrono::duration;
using std::chrono::seconds;

/// The relays first, so that ratios are of the server to them.
std::vector<target_kind> systems_of(const options& opts) {
  std::vector<target_kind> result;
  if (opts.with_relay)
    result = {target_kind::relay, target_kind::relay_with_acks};
  if (!opts.server.empty() || !opts.url.empty())
    result.push_back(target_kind::parley);
  if (result.empty())
    throw std::runtime_error{"nothing to measure: give --server or --url"};
  return result;
}

seconds measure_of(const options& opts, seconds otherwise) {
  return opts.measure.count() > 0 ? opts.measure : otherwise;
}

const std::vector<column> load_columns{
    {"deliveries/s", "deliveries_per_s"},
    {"p50 ms", "p50_ms"},
    {"p99 ms", "p99_ms"},
    {"p99.9 ms", "p999_ms"},
    {"CPU us/delivery", "server_cpu_us_per_delivery"},
    {"KiB/session", "server_kib_per_session"},
    {"bytes out/delivery", "to_clients_bytes_per_delivery", false},
    {"bytes in/delivery", "to_server_bytes_per_delivery", false},
    {"server cores", "server_cores", false},
    {"generator cores", "generator_cores", false},
};

std::string describe(std::string_view what, const load_shape& shape,
                     const options& opts, seconds measure) {
  auto pace = shape.rate > 0
                  ? fmt::format("{} messages/s, open loop", shape.rate)
                  : fmt::format("{} in flight each", shape.in_flight);
  return fmt::format("{}: {} sessions, {} senders, {}, bodies of {} bytes; "
                     "medians of {} rounds of {} s",
                     what, shape.sessions(), shape.senders(), pace,
                     shape.body_bytes, opts.rounds, measure.count());
}

report compare(std::string_view what, const load_shape& shape,
               const options& opts, loop& runner, fault_log& faults) {
  auto measure = measure_of(opts, seconds{5});
  report result{describe(what, shape, opts, measure), load_columns};
  struct contender {
    target system;
    load traffic;
    contender(target_kind kind, const load_shape& s, const options& o, loop& r,
              fault_log& f)
        : system{kind, o, r}, traffic{system, s, r, f} {}
  };
  std::vector<std::unique_ptr<contender>> contenders;
  for (auto kind : systems_of(opts)) {
    contenders.push_back(
        std::make_unique<contender>(kind, shape, opts, runner, faults));
    contenders.back()->traffic.set_up();
  }
  for (uint32_t round = 0; round < opts.rounds; ++round)
    for (auto& each : contenders) {
      auto f = each->traffic.run(opts.warm_up, measure);
      if (faults.count() > 0)
        return result;
      result.add(each->system.name(),
                 {f.deliveries_per_s, f.p50_ms, f.p99_ms, f.p999_ms,
                  f.server_us_per_delivery,
                  each->traffic.bytes_per_session() / 1024, f.to_clients_bytes,
                  f.to_server_bytes, f.server_cores, f.generator_cores});
    }
  return result;
}

} // namespace

report run_direct(const options& opts, loop& runner, fault_log& faults) {
  load_shape shape;
  auto senders = opts.senders > 0 ? opts.senders : 200;
  shape.rooms = std::max(senders / 2, 1U);
  shape.in_flight = opts.in_flight > 0 ? opts.in_flight : 8;
  shape.body_bytes = opts.body_bytes;
  shape.rate = opts.rate;
  return compare("direct", shape, opts, runner, faults);
}

report run_group(const options& opts, loop& runner, fault_log& faults) {
  load_shape shape;
  auto sessions = opts.sessions > 0 ? opts.sessions : 1000;
  auto senders = opts.senders > 0 ? opts.senders : 200;
  shape.room_size = opts.group_size;
  shape.rooms = std::max(sessions / shape.room_size, 1U);
  shape.senders_per_room =
      std::clamp(senders / shape.rooms, 1U, shape.room_size);
  shape.in_flight = opts.in_flight > 0 ? opts.in_flight : 1;
  shape.body_bytes = opts.body_bytes;
  shape.rate = opts.rate;
  return compare(fmt::format("groups of {}", shape.room_size), shape, opts,
                 runner, faults);
}

report run_idle(const options& opts, loop& runner, fault_log& faults) {
  auto count = opts.sessions > 0 ? opts.sessions : 10'000;
  // Two rounds of the server's pings.
  auto measure = measure_of(opts, seconds{50});
  report result{
      fmt::format("idle: {} sessions, CPU over {} s", count, measure.count()),
      {{"KiB/session when opened", "opened_kib_per_session"},
       {"KiB/session at the end", "idle_kib_per_session"},
       {"kernel KiB/session", "kernel_kib_per_session", false},
       {"CPU us/connect", "connect_cpu_us"},
       {"% of a core", "cpu_percent", false}}};
  for (auto kind : systems_of(opts)) {
    target system{kind, opts, runner};
    if (!system.pid())
      throw std::runtime_error{"idle needs the server's process: give --pid"};
    system.make_users(count);
    // A fresh process, so that what registering left behind is no session's.
    if (system.is_own())
      system.restart();
    auto pid = *system.pid();
    auto kernel = kernel_bytes();
    auto empty = usage_of(pid);
    auto per_session = [&](const usage& now) {
      return (static_cast<double>(now.resident_bytes)
              - static_cast<double>(empty.resident_bytes))
             / 1024 / count;
    };
    fleet sessions{runner, faults};
    sessions.open(count, system.endpoint(),
                  [&](uint32_t i) { return system.session_of(i, ""); });
    auto ready = usage_of(pid);
    runner.run_for(opts.warm_up);
    auto opened = usage_of(pid);
    // Both ends of a connection are on this machine.
    auto kernel_per_session = (kernel_bytes() - kernel) / 1024 / count / 2;
    runner.run_for(measure);
    auto end = usage_of(pid);
    result.add(
        system.name(),
        {per_session(opened), per_session(end), kernel_per_session,
         duration<double, std::micro>{ready.cpu - empty.cpu}.count() / count,
         100 * duration<double>{end.cpu - opened.cpu}
             / duration<double>{measure}});
  }
  return result;
}

report run_start(const options& opts, loop& runner, fault_log& faults) {
  if (opts.server.empty())
    throw std::runtime_error{"start needs --server: it kills the server"};
  target system{target_kind::parley, opts, runner};
  load_shape shape;
  shape.rooms = std::max((opts.senders > 0 ? opts.senders : 200) / 2, 1U);
  shape.in_flight = opts.in_flight > 0 ? opts.in_flight : 8;
  shape.body_bytes = opts.body_bytes;
  report result{fmt::format("start: killed after {} messages of {} bytes, "
                            "then at once after each start; {} starts",
                            opts.messages, shape.body_bytes, opts.rounds),
                {{"first ready s", "first_ready_s"},
                 {"median ready s", "median_ready_s"},
                 {"resident MiB", "resident_mib"}}};
  std::vector<std::string> conversations;
  std::vector<uint32_t> readers;
  std::vector<uint64_t> expected;
  {
    load traffic{system, shape, runner, faults};
    traffic.set_up();
    traffic.send_all(opts.messages);
    if (faults.count() > 0)
      return result;
    conversations = traffic.conversations();
    readers = traffic.readers();
    expected = traffic.expected_seqs();
  }
  std::vector<double> times;
  for (uint32_t round = 0; round < opts.rounds; ++round)
    times.push_back(duration<double>{system.restart()}.count());
  if (system.last_seqs(conversations, readers) != expected)
    faults.add("acknowledged messages are missing after the start");
  auto resident = usage_of(*system.pid()).resident_bytes;
  result.add(system.name(), {times.front(), median(times),
                             static_cast<double>(resident) / (1024 * 1024)});
  return result;
}

} // namespace parley::bench
