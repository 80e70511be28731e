#include "parley/admin/catalog.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <set>
#include <string>

namespace parley::admin {

namespace {

boost::json::object args(std::string_view text) {
  return boost::json::parse(text).as_object();
}

std::string objection(std::string_view name, std::string_view arguments) {
  const auto* what = find(name);
  REQUIRE(what != nullptr);
  auto checked = check(*what, args(arguments));
  return checked ? "" : checked.error().message;
}

} // namespace

TEST_CASE("the catalog has every command of the operator once") {
  std::set<std::string_view> names;
  for (const auto& x : catalog())
    CHECK(names.insert(x.name).second);
  CHECK(names
        == std::set<std::string_view>{
            "status", "users list", "users show", "users create",
            "users disable", "users password", "sessions list", "sessions kick",
            "groups show", "cluster status", "cluster partitions",
            "cluster rebalance", "cluster drain", "cluster replace",
            "cluster force-elect", "log-level", "shutdown"});
  CHECK(find("users") == nullptr);
  CHECK(find("") == nullptr);
}

TEST_CASE("what excludes an argument stands in the same command") {
  for (const auto& what : catalog())
    for (const auto& x : what.arguments) {
      CAPTURE(what.name);
      if (x.excludes.empty())
        continue;
      bool found = false;
      for (const auto& other : what.arguments)
        found = found || other.name == x.excludes;
      CHECK(found);
    }
}

TEST_CASE("arguments of the right form pass") {
  CHECK(objection("status", "{}") == "");
  CHECK(objection("users list", R"({"prefix":"al","limit":100000})") == "");
  CHECK(objection("users disable", R"({"user":"a","off":true})") == "");
  CHECK(objection("users create", R"({"user":"a","password":"secret12"})")
        == "");
  CHECK(objection("sessions kick", R"({"user":"a","device":"d"})") == "");
}

TEST_CASE("an argument of the wrong form is refused by its name") {
  struct row {
    const char* command;
    const char* arguments;
    const char* message;
  };
  const row table[]{
      {"status", R"({"x":1})", "unknown argument for status"},
      {"users show", "{}", "user: missing"},
      {"users show", R"({"user":7})",
       "user: expected a text of 1 to 4096 bytes"},
      {"users show", R"({"user":""})",
       "user: expected a text of 1 to 4096 bytes"},
      {"users list", R"({"limit":0})",
       "limit: expected an integer from 1 to 100000"},
      {"users list", R"({"limit":100001})",
       "limit: expected an integer from 1 to 100000"},
      {"users list", R"({"limit":-1})",
       "limit: expected an integer from 1 to 100000"},
      {"users list", R"({"limit":1.5})",
       "limit: expected an integer from 1 to 100000"},
      {"users list", R"({"limit":18446744073709551615})",
       "limit: expected an integer from 1 to 100000"},
      {"users list", R"({"limit":"9"})",
       "limit: expected an integer from 1 to 100000"},
      {"users disable", R"({"user":"a","off":1})",
       "off: expected true or false"},
      {"users create", R"({"user":"a"})", "password: missing"},
      {"sessions kick", R"({"user":"a","device":"d","session":"s"})",
       "device and session exclude each other"},
  };
  for (const auto& x : table) {
    CAPTURE(x.command);
    CAPTURE(x.arguments);
    CHECK(objection(x.command, x.arguments) == x.message);
  }
}

TEST_CASE("a text argument has a bound") {
  auto with = [](size_t bytes) {
    boost::json::object given;
    given["user"] = std::string(bytes, 'a');
    return check(*find("users show"), given).has_value();
  };
  CHECK(with(4096));
  CHECK_FALSE(with(4097));
}

TEST_CASE("what is wrong with a password does not show it") {
  CHECK(objection("users create", R"({"user":"a","password":123454321})")
            .find("123454321")
        == std::string::npos);
}

} // namespace parley::admin
