#include "capacity_measure.hpp"
#include "capacity_report.hpp"
#include "options.hpp"
#include "presence_report.hpp"
#include "process.hpp"
#include "scenarios.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/core.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace parley::bench;

void declare(CLI::App& app, options& opts) {
  app.add_option("scenario", opts.scenario,
                 "idle: memory and CPU of idle sessions; direct: pairs; group: "
                 "groups; start: time to ready on a full data directory; "
                 "presence: changes of status; disk: bytes that are kept")
      ->check(CLI::IsMember(
          {"idle", "direct", "group", "start", "presence", "disk"}));
  auto* server =
      app.add_option("--server", opts.server, "The parley binary to start")
          ->check(CLI::ExistingFile);
  auto* url = app.add_option("--url", opts.url,
                             "A server that runs already, http://HOST:PORT")
                  ->excludes(server);
  app.add_option("--pid", opts.pid, "Its process id, to measure it")
      ->needs(url);
  app.add_option("--relay", opts.relay,
                 "The relay-limit binary (default: beside this one)")
      ->check(CLI::ExistingFile);
  app.add_flag("!--no-relay", opts.with_relay, "Measure the server only");
  app.add_option("--extra-config", opts.extra_config,
                 "TOML to append to the server's config; new tables only")
      ->check(CLI::ExistingFile);
  app.add_option("--work-dir", opts.work_dir,
                 "Where data directories are made, and removed again")
      ->check(CLI::ExistingDirectory);
  app.add_option("--server-cpu", opts.server_cpu, "Core of the server")
      ->capture_default_str();
  app.add_option("--generator-cpu", opts.generator_cpu, "Core of this program")
      ->capture_default_str();
  app.add_option("--sessions", opts.sessions,
                 "idle: 10000, group: 1000; direct has a session a sender");
  app.add_option("--senders", opts.senders, "200");
  app.add_option("--in-flight", opts.in_flight,
                 "Messages under way of each sender; direct: 8, group: 1");
  app.add_option("--group-size", opts.group_size, "Members of a group")
      ->capture_default_str()
      ->check(CLI::Range(3, 100));
  app.add_option("--body", opts.body_bytes, "Bytes of a message's text")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000));
  app.add_option("--messages", opts.messages, "What start and disk fill in")
      ->capture_default_str();
  app.add_option("--rate", opts.rate,
                 "Open loop: messages a second of all senders");
  app.add_option("--rounds", opts.rounds, "Turns of each system")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  app.add_option_function<int64_t>(
         "--warm-up",
         [&opts](int64_t s) { opts.warm_up = std::chrono::seconds{s}; },
         "Seconds before each measurement (2)")
      ->check(CLI::Range(0, 3600));
  app.add_option_function<int64_t>(
         "--measure",
         [&opts](int64_t s) { opts.measure = std::chrono::seconds{s}; },
         "Seconds of a measurement; idle: 50, else 5")
      ->check(CLI::Range(1, 86'400));
  app.add_option("--json", opts.json, "Also write the figures here; -: stdout");
}

struct capacity_options {
  std::vector<std::string> assumed; ///< KEY=VALUE
  std::filesystem::path measured;   ///< Take the costs of an earlier run.
  bool list = false;
};

CLI::App* declare(CLI::App& app, capacity_options& opts) {
  auto* sub = app.add_subcommand(
      "capacity", "Measures what a node costs, and computes from that what a "
                  "service needs");
  // --server, --json and the like may come behind its name as well.
  sub->fallthrough();
  sub->add_option("--assume", opts.assumed, "An assumption, KEY=VALUE");
  sub->add_option("--measured", opts.measured,
                  "Take what was measured from this JSON of an earlier run")
      ->check(CLI::ExistingFile);
  sub->add_flag("--list", opts.list, "Show the assumptions, and end");
  return sub;
}

CLI::App* declare(CLI::App& app, presence_settings& settings) {
  auto* sub = app.add_subcommand(
      "presence-sim", "Simulates the traffic of presence between nodes");
  sub->fallthrough();
  each_setting(settings,
               [&](const char* name, auto& value, const char* meaning) {
                 sub->add_option(fmt::format("--{}", name), value, meaning)
                     ->capture_default_str();
               });
  return sub;
}

report run_scenario(const options& opts, loop& runner, fault_log& faults) {
  if (opts.scenario == "idle")
    return run_idle(opts, runner, faults);
  if (opts.scenario == "direct")
    return run_direct(opts, runner, faults);
  if (opts.scenario == "group")
    return run_group(opts, runner, faults);
  if (opts.scenario == "presence")
    return run_presence(opts, runner, faults);
  if (opts.scenario == "disk")
    return run_disk(opts, runner, faults);
  return run_start(opts, runner, faults);
}

void print(const options& opts, const std::string& text,
           const boost::json::object& json) {
  if (opts.json != "-")
    fmt::print("{}", text);
  if (opts.json.empty())
    return;
  auto figures = boost::json::serialize(json);
  if (opts.json == "-")
    fmt::print("{}\n", figures);
  else
    std::ofstream{opts.json} << figures << '\n';
}

/// Runs `what` with the machine set up to measure.
/// @returns the exit status; faults have been printed.
template <class F>
int measure(options& opts, F what) {
  if (opts.relay.empty())
    opts.relay = std::filesystem::read_symlink("/proc/self/exe").parent_path()
                 / "relay-limit";
  if (opts.work_dir.empty())
    opts.work_dir = std::filesystem::temp_directory_path();
  raise_file_limit();
  pin_to(opts.generator_cpu);
  loop runner;
  fault_log faults;
  try {
    what(runner, faults);
    if (faults.count() == 0)
      return 0;
  } catch (const boost::system::system_error& error) {
    // Its what() also names a line of a library.
    faults.add("connection to the server: " + error.code().message());
  } catch (const std::exception& error) {
    faults.add(error.what());
  }
  fmt::print(stderr, "parley-bench: {} faults; no figures. The first:\n",
             faults.count());
  for (const auto& each : faults.first())
    fmt::print(stderr, "  {}\n", each);
  return 1;
}

int run(options& opts) {
  return measure(opts, [&](loop& runner, fault_log& faults) {
    auto result = run_scenario(opts, runner, faults);
    if (faults.count() == 0)
      print(opts, result.text(), result.to_json());
  });
}

unit_costs costs_in(const std::filesystem::path& file) {
  std::ifstream in{file};
  boost::json::error_code ec;
  auto value = boost::json::parse(
      std::string{std::istreambuf_iterator<char>{in}, {}}, ec);
  if (ec)
    throw std::runtime_error{fmt::format("{}: no JSON", file.string())};
  return read_costs(value);
}

int run(options& opts, const capacity_options& by) {
  assumptions under;
  unit_costs costs;
  try {
    for (const auto& each : by.assumed)
      assume(under, each);
    check(under);
    if (by.list) {
      fmt::print("{}", assumptions_table(under));
      return 0;
    }
    if (!by.measured.empty())
      costs = costs_in(by.measured);
    else if (opts.server.empty())
      throw std::runtime_error{
          "nothing to compute from: give --server or --measured"};
  } catch (const std::exception& error) {
    fmt::print(stderr, "parley-bench: {}\n", error.what());
    return 2;
  }
  opts.body_bytes = static_cast<uint32_t>(under.body_bytes);
  auto compute_and_print = [&] {
    auto result = capacity_report::make(costs, under);
    print(opts, result.text(), result.to_json());
  };
  if (by.measured.empty())
    return measure(opts, [&](loop& runner, fault_log& faults) {
      costs = measure_costs(opts, runner, faults);
      compute_and_print();
    });
  compute_and_print();
  return 0;
}

int run(const options& opts, const presence_settings& by) {
  try {
    auto result = simulate(by);
    print(opts, presence_text(by, result), presence_json(by, result));
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "parley-bench: {}\n", error.what());
    return 2;
  }
}

} // namespace

int main(int argc, char** argv) {
  options opts;
  capacity_options capacity;
  presence_settings presence;
  CLI::App app{"Measures a Parley server against a bare relay"};
  declare(app, opts);
  auto* computes = declare(app, capacity);
  auto* simulates = declare(app, presence);
  CLI11_PARSE(app, argc, argv);
  if (computes->parsed())
    return run(opts, capacity);
  if (simulates->parsed())
    return run(opts, presence);
  if (opts.scenario.empty()) {
    fmt::print(stderr, "parley-bench: expected a scenario, capacity or "
                       "presence-sim; --help lists them\n");
    return 2;
  }
  return run(opts);
}
