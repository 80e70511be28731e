#include "support/server_process.hpp"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace parley::test {

namespace {

constexpr std::string_view ready_line = "parley: ready at http://";

std::string toml_string(std::string_view text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      result += '\\';
    result += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return result + "\"";
}

endpoint parse_endpoint(std::string_view address) {
  const auto colon = address.rfind(':');
  return {std::string(address.substr(0, colon)),
          static_cast<uint16_t>(
              std::stoul(std::string(address.substr(colon + 1))))};
}

/// What most tests want: a free port, and passwords that cost little.
overrides defaults(const std::filesystem::path& data_dir) {
  return {{"node.data_dir", data_dir.string()}, {"http.listen", "127.0.0.1:0"},
          {"auth.argon2_memory_kib", 8},        {"auth.argon2_iterations", 1},
          {"presence.coalesce", "0ms"},         {"presence.node_grace", "0ms"}};
}

} // namespace

toml_value::toml_value(const char* value) : text_(toml_string(value)) {}

toml_value::toml_value(const std::string& value) : text_(toml_string(value)) {}

toml_value toml_value::list(const std::vector<std::string>& values) {
  toml_value result("");
  result.text_ = "[";
  for (const auto& value : values)
    result.text_ += toml_string(value) + ",";
  result.text_ += "]";
  return result;
}

std::string to_toml(const overrides& settings) {
  std::map<std::string, std::string> tables;
  for (const auto& [key, value] : settings) {
    const auto dot = key.rfind('.');
    tables[key.substr(0, dot)] +=
        key.substr(dot + 1) + " = " + value.text() + "\n";
  }
  std::string result;
  for (const auto& [table, body] : tables)
    result += "[" + table + "]\n" + body;
  return result;
}

server_process::server_process(const overrides& settings,
                               const child_process::environment& extra,
                               std::vector<std::string> launcher,
                               std::string run)
    : environment_(extra),
      launcher_(std::move(launcher)),
      binary_(run.empty() ? binary() : std::move(run)),
      config_(dir_.path() / "parley.toml") {
  configure(settings);
  start({});
}

void server_process::configure(const overrides& settings) {
  auto all = settings;
  all.merge(defaults(data_dir()));
  std::ofstream(config_) << to_toml(all);
}

server_process::~server_process() = default;

void server_process::start(const child_process::environment& extra) {
  auto argv = launcher_;
  argv.insert(argv.end(), {binary_, "serve", "--config", config_.string()});
  auto variables = extra;
  variables.insert(environment_.begin(), environment_.end());
  process_.emplace(argv, variables);
  auto line = process_->wait_for_line(ready_line);
  if (!line)
    throw std::runtime_error("the node did not get ready; it wrote:\n" + log());
  where_ = parse_endpoint(std::string_view(*line).substr(ready_line.size()));
}

void server_process::restart(const child_process::environment& extra) {
  process_.reset();
  start(extra);
}

void server_process::kill() {
  process_->signal(SIGKILL);
  process_->wait_exit();
}

void server_process::lose_power() {
  process_->signal(SIGUSR1);
  process_->wait_exit();
}

int server_process::terminate(milliseconds limit) {
  send_terminate();
  return wait_exit(limit);
}

void server_process::send_terminate() {
  process_->signal(SIGTERM);
}

void server_process::signal(int number) {
  process_->signal(number);
}

int server_process::wait_exit(milliseconds limit) {
  return process_->wait_exit(limit);
}

std::string server_process::log() const {
  return process_->output() + process_->errors();
}

size_t server_process::resident_bytes() const {
  std::ifstream statm("/proc/" + std::to_string(process_->pid()) + "/statm");
  size_t total = 0;
  size_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

finished server_process::admin(const std::vector<std::string>& arguments,
                               std::string_view input) const {
  std::vector<std::string> argv{binary(), "admin", "--socket",
                                control_socket().string()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return run(argv, {}, input);
}

std::string server_process::binary() {
  const auto* chosen = std::getenv("PARLEY_BINARY");
  return chosen ? chosen : PARLEY_BINARY;
}

} // namespace parley::test
