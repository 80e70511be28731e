#include "capacity_measure.hpp"

#include "scenarios.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <utility>
#include <vector>

namespace parley::bench {

namespace {

constexpr std::string_view measured_system = "parley";

/// One message in flight of each: as many share a sync and a wake-up as on a
/// busy node, and a machine that has other work to do cannot fall behind.
constexpr uint32_t direct_senders = 200;
constexpr uint32_t group_senders = 10;

constexpr uint32_t idle_runs = 3;

using scenario = report (*)(const options&, loop&, fault_log&);

report run_and_show(scenario what, const options& opts, loop& runner,
                    fault_log& faults) {
  auto result = what(opts, runner, faults);
  if (faults.count() > 0)
    throw std::runtime_error{"a scenario failed"};
  fmt::print(stderr, "{}\n", result.text());
  return result;
}

} // namespace

unit_costs measure_costs(const options& opts, loop& runner, fault_log& faults) {
  auto plain = opts;
  plain.with_relay = false;
  auto direct_opts = plain;
  direct_opts.senders = direct_senders;
  direct_opts.in_flight = 1;
  auto group_opts = plain;
  group_opts.senders = group_senders;
  group_opts.in_flight = 1;
  auto disk_opts = plain;
  disk_opts.messages = 200'000;

  // What a process has of memory that it freed differs from run to run.
  std::vector<report> idles;
  for (uint32_t run = 0; run < idle_runs; ++run)
    idles.push_back(run_and_show(run_idle, plain, runner, faults));
  auto direct = run_and_show(run_direct, direct_opts, runner, faults);
  auto group = run_and_show(run_group, group_opts, runner, faults);
  auto presence = run_and_show(run_presence, plain, runner, faults);
  auto disk = run_and_show(run_disk, disk_opts, runner, faults);

  auto of = [](const report& from, std::string_view key) {
    return from.median_of(measured_system, key);
  };
  auto all_idle = [&](std::string_view key) {
    std::vector<double> values;
    for (const auto& each : idles)
      values.push_back(of(each, key));
    return values;
  };
  auto of_idle = [&](std::string_view key) {
    return median(all_idle(key));
  };
  auto sessions = opts.sessions > 0 ? opts.sessions : 10'000;
  auto kept = of_idle("idle_kib_per_session");
  auto opened = std::ranges::max(all_idle("opened_kib_per_session"));
  return {
      .connect_us = of_idle("connect_cpu_us"),
      .idle_us_per_s = of_idle("cpu_percent") / 100 * 1e6 / sessions,
      .direct_us = of(direct, "server_cpu_us_per_delivery"),
      .group_us = of(group, "server_cpu_us_per_delivery"),
      .group_size = static_cast<double>(opts.group_size),
      .presence_us = of(presence, "cpu_us_per_told"),
      .watch_us = of(presence, "cpu_us_per_watched"),
      .session_bytes = kept * 1024,
      // A session that has just connected has its user's actors with it; where
      // opening took long, the first of them are gone again: the most counts.
      .user_bytes = std::max(opened - kept, 0.0) * 1024,
      .conversation_bytes = of(disk, "conversation_kib") * 1024,
      .kernel_bytes = of_idle("kernel_kib_per_session") * 1024,
      .body_bytes = static_cast<double>(opts.body_bytes),
      .sent_bytes = of(direct, "to_server_bytes_per_delivery"),
      .direct_bytes = of(direct, "to_clients_bytes_per_delivery"),
      .group_bytes = of(group, "to_clients_bytes_per_delivery"),
      .presence_bytes = of(presence, "bytes_per_told"),
      .message_disk_bytes = of(disk, "message_bytes"),
      .inbox_disk_bytes = of(disk, "inbox_bytes"),
      .user_disk_bytes = of(disk, "user_bytes"),
  };
}

unit_costs read_costs(const boost::json::value& from) {
  unit_costs result;
  const auto* whole = from.if_object();
  const auto* found =
      whole == nullptr ? nullptr : whole->if_contains("measured");
  const auto* costs = found == nullptr ? nullptr : found->if_object();
  if (costs == nullptr)
    throw std::runtime_error{"no figures of an earlier run: no `measured`"};
  for (const auto& each : cost_figures()) {
    const auto* value = costs->if_contains(each.key);
    if (value == nullptr || !value->is_number())
      throw std::runtime_error{
          fmt::format("measured.{}: expected a number", each.key)};
    result.*each.at = value->to_number<double>();
  }
  check(result);
  return result;
}

} // namespace parley::bench
