#include "parley/admin/command_line.hpp"

#include "admin/lines.hpp"
#include "admin/net.hpp"
#include "admin/secret.hpp"
#include "admin/table.hpp"

#include "parley/admin/catalog.hpp"
#include "parley/admin/control.hpp"
#include "parley/admin/limits.hpp"
#include "parley/config/load.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

namespace parley::admin {

namespace {

namespace json = boost::json;

/// Where the options of the command line put their values.
struct invocation {
  std::string socket;
  std::string config;
  bool raw = false;
  const command* chosen = nullptr;
  bool password_stdin = false;
  std::map<std::string, json::value> args;
};

std::string option_name(std::string_view argument_name) {
  std::string name{argument_name};
  std::ranges::replace(name, '_', '-');
  return "--" + name;
}

CLI::Option* add_argument(CLI::App& to, const argument& what,
                          const std::shared_ptr<invocation>& values) {
  std::string name{what.name};
  std::string help{what.help};
  auto put = [values, name](json::value x) {
    values->args[name] = std::move(x);
  };
  auto text = [put](const std::string& x) {
    put(json::string{x});
  };
  auto number = [put](const uint64_t& x) {
    put(x);
  };
  switch (what.kind) {
    case value_kind::text:
      return to
          .add_option_function<std::string>(
              what.required ? name : option_name(name), text, help)
          ->required(what.required);
    case value_kind::number:
      return to.add_option_function<uint64_t>(option_name(name), number, help)
          ->check(CLI::Range(uint64_t{1}, what.max));
    case value_kind::flag:
      return to.add_flag_callback(
          option_name(name), [put] { put(true); }, help);
    case value_kind::secret:
      break;
  }
  return to.add_flag("--password-stdin", values->password_stdin,
                     "Read the password from the first line of the input");
}

/// The app of a command; the first of two words is a group of its own.
CLI::App* app_of(CLI::App& admin, const command& what) {
  auto space = what.name.find(' ');
  std::string first{what.name.substr(0, space)};
  std::string help{what.help};
  if (space == std::string_view::npos)
    return admin.add_subcommand(first, help);
  auto groups = admin.get_subcommands(
      [&first](const CLI::App* x) { return x->get_name() == first; });
  auto* group = groups.empty()
                    ? admin.add_subcommand(first, "Commands about " + first)
                    : groups.front();
  group->require_subcommand(1)->fallthrough();
  return group->add_subcommand(std::string{what.name.substr(space + 1)}, help);
}

void add_command(CLI::App& admin, const command& what,
                 const std::shared_ptr<invocation>& values) {
  auto* app = app_of(admin, what);
  app->fallthrough()->callback([values, &what] { values->chosen = &what; });
  std::map<std::string_view, CLI::Option*> options;
  for (const auto& x : what.arguments)
    options[x.name] = add_argument(*app, x, values);
  for (const auto& x : what.arguments)
    if (!x.excludes.empty())
      options[x.name]->excludes(options[x.excludes]);
}

int complain(int status, std::string_view message) {
  fmt::print(stderr, "parley: {}\n", message);
  return status;
}

/// Sends the request and gives the lines of the answer.
result<std::vector<std::string>> converse(const std::string& path,
                                          const request_line& what) {
  local::iostream stream;
  stream.expires_after(answer_timeout + line_timeout);
  if (path.size() <= path_bytes_max)
    stream.connect(local::endpoint{path});
  if (!stream || path.size() > path_bytes_max)
    return error{errc::unavailable,
                 fmt::format("no node answers on {}: {}", path,
                             stream.error().message()),
                 0};
  stream << encode_request(what) << std::flush;
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
    if (line.starts_with(R"({"ok":)"))
      return lines;
  }
  return error{errc::unavailable, "the node broke the answer off", 0};
}

int show(const std::vector<std::string>& lines, bool raw) {
  std::vector<json::object> rows;
  for (const auto& line : lines) {
    if (raw)
      fmt::print("{}\n", line);
    boost::system::error_code failed;
    auto parsed = json::parse(line, failed);
    if (failed || !parsed.is_object())
      return complain(1, "the node's answer is not JSON");
    rows.push_back(std::move(parsed.get_object()));
  }
  auto last = std::move(rows.back());
  rows.pop_back();
  if (last["ok"] != true) {
    const auto* why = last["error"].if_string();
    return complain(1, why ? std::string_view{*why} : "refused");
  }
  if (!raw)
    fmt::print("{}", render(rows, last));
  return 0;
}

/// The control socket's path, or the mistakes in the settings file.
config::load_result settings_of(const invocation& from) {
  if (from.config.empty())
    return config::settings{};
  return config::load(from.config);
}

int carry_out(const invocation& from) {
  auto settings = settings_of(from);
  if (!settings) {
    for (const auto& mistake : settings.error())
      fmt::print(stderr, "{}\n", mistake);
    return 2;
  }
  request_line what;
  what.cmd = from.chosen->name;
  for (const auto& [name, value] : from.args)
    what.args[name] = value;
  for (const auto& x : from.chosen->arguments) {
    if (x.kind != value_kind::secret)
      continue;
    auto secret = read_secret(from.password_stdin);
    if (!secret)
      return complain(2, secret.error().message);
    what.args[x.name] = *secret;
  }
  auto path = from.socket.empty() ? socket_path(*settings) : from.socket;
  auto lines = converse(path, what);
  if (!lines)
    return complain(1, lines.error().message);
  return show(*lines, from.raw);
}

} // namespace

std::function<int()> add_commands(CLI::App& app) {
  auto values = std::make_shared<invocation>();
  auto* admin = app.add_subcommand("admin", "Talks to a running node");
  admin->require_subcommand(1);
  auto* socket = admin->add_option("--socket", values->socket,
                                   "Path of the node's control socket");
  admin
      ->add_option("--config", values->config,
                   "Settings file of the node, which names the socket")
      ->excludes(socket);
  admin->add_flag("--json", values->raw, "Print the answer's lines of JSON");
  for (const auto& what : catalog())
    add_command(*admin, what, values);
  return [values] {
    return carry_out(*values);
  };
}

} // namespace parley::admin
