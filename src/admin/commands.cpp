#include "parley/admin/commands.hpp"

#include "admin/call.hpp"

#include "parley/actors/ask.hpp"
#include "parley/admin/catalog.hpp"
#include "parley/base/log.hpp"
#include "parley/base/names.hpp"

#include <fmt/format.h>

#include <map>

namespace parley::admin {

namespace {

namespace json = boost::json;

using runner = void (*)(const call_ptr&);

runner runner_of(std::string_view name) {
  static const std::map<std::string_view, runner> table{
      {"status", show_status},
      {"users list", list_users},
      {"users show", show_user},
      {"users create", create_user},
      {"users disable", disable_user},
      {"users password", change_password},
      {"sessions list", list_sessions},
      {"sessions kick", kick_sessions},
      {"groups show", show_group},
      {"log-level", change_log_level},
      {"shutdown", shut_down},
      {"cluster status", show_cluster},
      {"cluster partitions", list_partitions},
      {"cluster rebalance", show_plan},
      {"cluster drain", drain_node},
      {"cluster replace", remove_node},
      {"cluster force-elect", force_elect},
  };
  auto found = table.find(name);
  return found == table.end() ? nullptr : found->second;
}

/// The arguments for the log, without secrets.
std::string printable(const command& what, const json::object& args) {
  std::string line;
  for (const auto& x : what.arguments) {
    const auto* value = args.if_contains(x.name);
    if (value != nullptr && x.kind != value_kind::secret)
      line += fmt::format(" {}={}", x.name, json::serialize(*value));
  }
  return line;
}

} // namespace

void execute(const services& with, std::string_view name,
             const json::object& args, reply_handler done) {
  const auto* what = find(name);
  auto run = runner_of(name);
  if (what == nullptr || run == nullptr)
    return done(error{errc::bad_request, "there is no such command", 0});
  if (auto checked = check(*what, args); !checked)
    return done(checked.error());
  if (what->acts)
    log::info("admin.command", "cmd=\"{}\"{}", what->name,
              printable(*what, args));
  run(std::make_shared<const call>(call{with, args, std::move(done)}));
}

result<json::object> parse_fields(const answer& from) {
  boost::system::error_code failed;
  auto parsed = json::parse(fmt::format("{{{}}}", from.fields.view()), failed);
  if (failed || !parsed.is_object())
    return error{errc::internal, "an actor's answer is not an object", 0};
  return std::move(parsed.get_object());
}

void show_group(const call_ptr& on) {
  auto conv = on->text("conv");
  if (!valid_conversation(conv))
    return on->refuse(errc::bad_request, "conv: expected g:… or dm:…");
  auto got = [on](result<answer> x) {
    auto shown = x ? parse_fields(*x) : x.error();
    if (!shown)
      return on->done(shown.error());
    on->done(reply{{}, std::move(*shown), {}});
  };
  ask_conversation<answer>(on->node(), conv, got, get_conversation{});
}

void change_log_level(const call_ptr& on) {
  if (!log::set_level(on->text("level")))
    return on->refuse(errc::bad_request, "level: expected trace, debug, info, "
                                         "warn, error or off");
  on->done(reply{});
}

void shut_down(const call_ptr& on) {
  on->done(reply{{}, {}, on->with.shut_down});
}

} // namespace parley::admin
