#include "target.hpp"

#include "http_calls.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include <fstream>
#include <stdexcept>

namespace parley::bench {

namespace {

namespace json = boost::json;
using beast::http::verb;

constexpr std::chrono::seconds start_limit{60};

/// What a bench sets apart from the defaults: a free port, no rate limit,
/// passwords that cost nothing, tokens that outlive the run, every change of
/// presence told, and patience with a generator that shares its core.
constexpr std::string_view config_text = R"([node]
id = "bench"
data_dir = "{}"

[http]
listen = "127.0.0.1:0"
auth_timeout = "60s"

[auth]
registration = "open"
access_ttl = "7d"
argon2_memory_kib = 8
argon2_iterations = 1

[limits]
sends_per_s = 0

[presence]
coalesce = "0ms"

[log]
level = "warn"
)";

} // namespace

target::target(target_kind kind, const options& opts, loop& runner)
    : kind_{kind}, opts_{opts}, runner_{runner} {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  prefix_ = fmt::format(
      "b{:x}-", std::chrono::duration_cast<std::chrono::seconds>(now).count());
  if (is_parley() && opts_.server.empty()) {
    endpoint_ = endpoint_of(runner_, opts_.url);
    return;
  }
  directory_ = std::make_unique<temp_directory>(opts_.work_dir);
  if (is_parley())
    write_config();
  start();
}

std::string_view target::name() const {
  switch (kind_) {
    case target_kind::relay:
      return "relay-limit";
    case target_kind::relay_with_acks:
      return "relay-limit --ack";
    case target_kind::parley:
      return "parley";
  }
  return "unknown";
}

std::optional<pid_t> target::pid() const {
  if (process_)
    return process_->pid();
  if (opts_.pid != 0)
    return opts_.pid;
  return std::nullopt;
}

void target::write_config() const {
  std::ofstream file{directory_->path() / "parley.toml"};
  file << fmt::format(config_text, (directory_->path() / "data").string());
  if (!opts_.extra_config.empty())
    file << '\n' << std::ifstream{opts_.extra_config}.rdbuf();
  if (!file.flush())
    throw std::runtime_error{"cannot write the server's config"};
}

void target::start() {
  std::vector<std::string> command;
  if (is_parley()) {
    auto config = directory_->path() / "parley.toml";
    command = {opts_.server.string(), "serve", "--config", config.string()};
  } else {
    command = {opts_.relay.string()};
    if (kind_ == target_kind::relay_with_acks)
      command.emplace_back("--ack");
  }
  process_ = std::make_unique<process>(
      command, is_parley() ? "parley" : "relay-limit", opts_.server_cpu,
      directory_->path() / "output.log", start_limit);
  endpoint_ = endpoint_of(runner_, process_->url());
}

std::chrono::nanoseconds target::restart() {
  process_->kill();
  start();
  return process_->start_time();
}

std::filesystem::path target::stop() {
  process_->kill();
  return directory_->path() / "data";
}

std::string target::user(uint32_t index) const {
  return prefix_ + std::to_string(index);
}

void target::make_users(uint32_t count) {
  if (!is_parley())
    return;
  tokens_.resize(count);
  call_all(
      runner_, endpoint_, count,
      [&](size_t i) {
        return http_call{
            verb::post, "/v1/register", "",
            fmt::format(R"({{"user":"{}","password":"correct horse {}"}})",
                        user(static_cast<uint32_t>(i)), i)};
      },
      [&](size_t i, json::value& answer) {
        tokens_[i] = std::string{answer.at("token").as_string()};
      });
}

identity target::session_of(uint32_t index, const std::string& group) const {
  if (is_parley())
    return {
        "/v1/ws",
        fmt::format(R"({{"t":"auth","id":1,"token":"{}","device":"bench"}})",
                    tokens_[index]),
        true};
  std::string join;
  if (!group.empty())
    join = fmt::format(R"({{"t":"join","conv":"{}"}})", group);
  return {"/relay?user=" + user(index), join, false};
}

std::vector<std::string>
target::make_groups(const std::vector<std::vector<uint32_t>>& rooms) {
  std::vector<std::string> result(rooms.size());
  call_all(
      runner_, endpoint_, rooms.size(),
      [&](size_t i) {
        json::array members;
        for (auto member : rooms[i])
          if (member != rooms[i].front())
            members.emplace_back(user(member));
        json::object body{{"name", fmt::format("bench {}", i)},
                          {"members", std::move(members)}};
        return http_call{verb::post, "/v1/groups", tokens_[rooms[i].front()],
                         json::serialize(body)};
      },
      [&](size_t i, json::value& answer) {
        result[i] = std::string{answer.at("conv").as_string()};
      });
  return result;
}

std::vector<uint64_t>
target::last_seqs(const std::vector<std::string>& conversations,
                  const std::vector<uint32_t>& readers) {
  std::vector<uint64_t> result(conversations.size());
  call_all(
      runner_, endpoint_, conversations.size(),
      [&](size_t i) {
        return http_call{verb::get, "/v1/conversations/" + conversations[i],
                         tokens_[readers[i]], ""};
      },
      [&](size_t i, json::value& answer) {
        result[i] = answer.at("last_seq").to_number<uint64_t>();
      });
  return result;
}

} // namespace parley::bench
