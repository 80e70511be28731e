#include "options.hpp"
#include "process.hpp"
#include "scenarios.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/core.h>

#include <cstdio>
#include <exception>
#include <fstream>

namespace {

using namespace parley::bench;

void declare(CLI::App& app, options& opts) {
  app.add_option("scenario", opts.scenario,
                 "idle: memory and CPU of idle sessions; direct: pairs; group: "
                 "groups; start: time to ready on a full data directory")
      ->required()
      ->check(CLI::IsMember({"idle", "direct", "group", "start"}));
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
  app.add_option("--messages", opts.messages, "What start fills in")
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

report run_scenario(const options& opts, loop& runner, fault_log& faults) {
  if (opts.scenario == "idle")
    return run_idle(opts, runner, faults);
  if (opts.scenario == "direct")
    return run_direct(opts, runner, faults);
  if (opts.scenario == "group")
    return run_group(opts, runner, faults);
  return run_start(opts, runner, faults);
}

void print(const options& opts, const report& result) {
  if (opts.json != "-")
    fmt::print("{}", result.text());
  if (opts.json.empty())
    return;
  auto text = boost::json::serialize(result.to_json());
  if (opts.json == "-")
    fmt::print("{}\n", text);
  else
    std::ofstream{opts.json} << text << '\n';
}

int run(options& opts) {
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
    auto result = run_scenario(opts, runner, faults);
    if (faults.count() == 0) {
      print(opts, result);
      return 0;
    }
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

} // namespace

int main(int argc, char** argv) {
  options opts;
  CLI::App app{"Measures a Parley server against a bare relay"};
  declare(app, opts);
  CLI11_PARSE(app, argc, argv);
  return run(opts);
}
