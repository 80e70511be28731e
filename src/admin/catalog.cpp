#include "parley/admin/catalog.hpp"

#include "parley/admin/limits.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace parley::admin {

namespace {

namespace json = boost::json;

constexpr auto a_text = value_kind::text;
constexpr auto a_number = value_kind::number;
constexpr auto flag = value_kind::flag;
constexpr auto a_secret = value_kind::secret;

constexpr argument required_user{"user", a_text, true, "Name of the user",
                                 {},     0};

bool fits(const argument& expected, const json::value& given) {
  switch (expected.kind) {
    case a_text:
    case a_secret:
      return given.is_string() && !given.get_string().empty()
             && given.get_string().size() <= text_bytes_max;
    case flag:
      return given.is_bool();
    case a_number:
      break;
  }
  if (!given.is_int64())
    return false;
  auto value = given.get_int64();
  return value > 0 && static_cast<uint64_t>(value) <= expected.max;
}

std::string describe(const argument& expected) {
  switch (expected.kind) {
    case flag:
      return "true or false";
    case a_number:
      return fmt::format("an integer from 1 to {}", expected.max);
    case a_text:
    case a_secret:
      break;
  }
  return fmt::format("a text of 1 to {} bytes", text_bytes_max);
}

error bad(std::string message) {
  return {errc::bad_request, std::move(message)};
}

} // namespace

const std::vector<command>& catalog() {
  static const std::vector<command> table{
      {"status", "Shows the node: sessions, rates, storage, queues", {}, false},
      {"users list",
       "Lists users by name",
       {{"prefix", a_text, false, "Only names that begin with this", {}, 0},
        {"limit", a_number, false, "At most so many (100)", {}, rows_max}},
       false},
      {"users show", "Shows one user", {required_user}, false},
      {"users create",
       "Creates a user",
       {required_user,
        {"display_name", a_text, false, "Name for people to read", {}, 0},
        {"password", a_secret, true, "The user's password", {}, 0}},
       true},
      {"users disable",
       "Ends a user's sessions and refuses logins",
       {required_user, {"off", flag, false, "Allow the user again", {}, 0}},
       true},
      {"users password",
       "Replaces a user's password and ends all logins",
       {required_user,
        {"password", a_secret, true, "The user's new password", {}, 0}},
       true},
      {"sessions list",
       "Lists live sessions",
       {{"user", a_text, false, "Only this user's", {}, 0},
        {"limit", a_number, false, "At most so many (1000)", {}, rows_max}},
       false},
      {"sessions kick",
       "Ends a user's sessions",
       {required_user,
        {"device", a_text, false, "Only this device's", "session", 0},
        {"session", a_text, false, "Only this one", "device", 0}},
       true},
      {"groups show",
       "Shows a conversation and its members",
       {{"conv", a_text, true, "Its id, as g:… or dm:…", {}, 0}},
       false},
      {"cluster status",
       "Shows the nodes, and whether all partitions are led and in sync",
       {},
       false},
      {"cluster partitions",
       "Lists who leads and holds which partition",
       {},
       false},
      {"cluster rebalance",
       "Lists what the controller is moving and still has to",
       {},
       false},
      {"cluster drain",
       "Moves everything off a node, so that it can be taken away",
       {{"node", a_text, true, "Its node.id", {}, 0},
        {"off", flag, false, "Let it have its share again", {}, 0}},
       true},
      {"cluster replace",
       "Gives the share of a node that is gone for ever to the others",
       {{"node", a_text, true, "Its node.id", {}, 0},
        {"accept_data_loss",
         flag,
         false,
         "Even if nobody else has all of a partition",
         {},
         0}},
       true},
      {"cluster force-elect",
       "Lets what is left of a partition lead it: what that lacks is lost",
       {{"partition",
         a_text,
         true,
         "Its number; or all, for those whose nodes in sync were taken out",
         {},
         0},
        {"accept_data_loss", flag, false, "Without this it is refused", {}, 0},
        {"gap",
         a_number,
         false,
         "Numbers that each of its conversations skips (10000): more than any "
         "has given out that are lost",
         {},
         lost_gap_max}},
       true},
      {"log-level",
       "Changes what the node logs until it stops",
       {{"level",
         a_text,
         true,
         "trace, debug, info, warn, error or off",
         {},
         0}},
       true},
      {"shutdown", "Stops the node as SIGTERM does", {}, true},
  };
  return table;
}

const command* find(std::string_view name) noexcept {
  const auto& table = catalog();
  auto found =
      std::ranges::find(table, name, [](const auto& x) { return x.name; });
  return found == table.end() ? nullptr : &*found;
}

result<void> check(const command& what, const json::object& args) {
  for (const auto& [key, value] : args) {
    auto named = [name = std::string_view{key}](const argument& x) {
      return x.name == name;
    };
    auto expected = std::ranges::find_if(what.arguments, named);
    if (expected == what.arguments.end())
      return bad(fmt::format("unknown argument for {}", what.name));
    if (!fits(*expected, value))
      return bad(
          fmt::format("{}: expected {}", expected->name, describe(*expected)));
    if (!expected->excludes.empty() && args.contains(expected->excludes))
      return bad(fmt::format("{} and {} exclude each other", expected->name,
                             expected->excludes));
  }
  for (const auto& x : what.arguments)
    if (x.required && !args.contains(x.name))
      return bad(fmt::format("{}: missing", x.name));
  return {};
}

} // namespace parley::admin
