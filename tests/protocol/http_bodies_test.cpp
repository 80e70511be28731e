#include "protocol/parsed.hpp"

#include "parley/protocol/http_bodies.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace parley;
using namespace parley::protocol;

namespace {

template <class T>
errc code_of(const result<T>& x) {
  return x.has_value() ? errc::none : x.error().code;
}

std::string quoted(size_t count) {
  return "\"" + std::string(count, 'x') + "\"";
}

} // namespace

TEST_CASE("a body that is no JSON object in UTF-8 is a bad frame") {
  for (auto text :
       {"", "[]", "[{}]", "null", "\"x\"", "5", "{", "{}x", "{\"a\":\"\xff\"}",
        "{\"a\":\"\xed\xa0\x80\"}", "{\"a\":[[[[[[[[]]]]]]]]}"}) {
    CAPTURE(text);
    CHECK(code_of(parse_register(text)) == errc::bad_frame);
    CHECK(code_of(parse_login(text)) == errc::bad_frame);
    CHECK(code_of(parse_refresh_token(text)) == errc::bad_frame);
    CHECK(code_of(parse_profile_patch(text)) == errc::bad_frame);
    CHECK(code_of(parse_password_change(text)) == errc::bad_frame);
    CHECK(code_of(parse_message(text)) == errc::bad_frame);
    CHECK(code_of(parse_settings(text)) == errc::bad_frame);
    CHECK(code_of(parse_group(text)) == errc::bad_frame);
    CHECK(code_of(parse_group_name(text)) == errc::bad_frame);
    CHECK(code_of(parse_users(text)) == errc::bad_frame);
    CHECK(code_of(parse_role(text)) == errc::bad_frame);
  }
}

TEST_CASE("half of a surrogate pair is a bad request") {
  CHECK(code_of(parse_profile_patch(R"({"about":"\ud800"})"))
        == errc::bad_request);
  CHECK(code_of(parse_settings(R"({"x":{"y":"\udc00"}})"))
        == errc::bad_request);
}

TEST_CASE("a registration names a user, a new password and maybe a title") {
  auto x = parse_register(
      R"({"user":"alice","password":"12345678","display_name":"Alice A."})");
  REQUIRE(x.has_value());
  CHECK(x->user == "alice");
  CHECK(x->password == "12345678");
  CHECK(x->display_name == "Alice A.");
  CHECK(parse_register(R"({"user":"bob","password":"12345678"})")->display_name
        == "bob");
  auto with = [](const std::string& password) {
    return parse_register(R"({"user":"bob","password":)" + password + "}");
  };
  CHECK(code_of(with(quoted(1024))) == errc::none);
  CHECK(code_of(with(quoted(1025))) == errc::bad_request);
  CHECK(code_of(with(quoted(7))) == errc::bad_request);
  CHECK(code_of(with("12345678")) == errc::bad_request);
  for (auto text : {
           R"({"password":"12345678"})",
           R"({"user":"Alice","password":"12345678"})",
           R"({"user":"","password":"12345678"})",
           R"({"user":7,"password":"12345678"})",
           R"({"user":"alice"})",
           R"({"user":"alice","password":"12345678","display_name":""})",
           R"({"user":"alice","password":"12345678","display_name":"a\nb"})",
           R"({"user":"alice","password":"12345678","display_name":null})",
       }) {
    CAPTURE(text);
    CHECK(code_of(parse_register(text)) == errc::bad_request);
  }
}

TEST_CASE("a login takes what is no name and no password as well") {
  auto x = parse_login(R"({"user":"Not A User","password":""})");
  REQUIRE(x.has_value());
  CHECK(x->user == "Not A User");
  CHECK(x->password.empty());
  CHECK(code_of(parse_login(R"({"user":"a","password":)" + quoted(1024) + "}"))
        == errc::none);
  CHECK(code_of(parse_login(R"({"user":"a","password":)" + quoted(1025) + "}"))
        == errc::bad_request);
  CHECK(code_of(parse_login(R"({"user":"a"})")) == errc::bad_request);
  CHECK(code_of(parse_login(R"({"password":"a"})")) == errc::bad_request);
}

TEST_CASE("a refresh token is any text") {
  CHECK(*parse_refresh_token(R"({"refresh_token":"x_y-z"})") == "x_y-z");
  CHECK(code_of(parse_refresh_token("{}")) == errc::bad_request);
  CHECK(code_of(parse_refresh_token(R"({"refresh_token":1})"))
        == errc::bad_request);
}

TEST_CASE("a profile patch changes only what it names") {
  auto none = parse_profile_patch("{}");
  REQUIRE(none.has_value());
  CHECK_FALSE(none->display_name);
  CHECK_FALSE(none->about);
  auto both = parse_profile_patch(R"({"display_name":"A","about":""})");
  REQUIRE(both.has_value());
  CHECK(both->display_name == "A");
  CHECK(both->about == "");
  auto about = [](const std::string& text) {
    return parse_profile_patch(R"({"about":)" + text + "}");
  };
  CHECK(code_of(about(quoted(1000))) == errc::none);
  CHECK(code_of(about(quoted(1001))) == errc::bad_request);
  CHECK(code_of(about(R"("two\nlines")")) == errc::none);
  CHECK(code_of(about(R"("\u0000")")) == errc::bad_request);
  CHECK(code_of(about("null")) == errc::bad_request);
  CHECK(code_of(parse_profile_patch(R"({"display_name":" "})"))
        == errc::bad_request);
}

TEST_CASE("only the new password has a least length") {
  auto x = parse_password_change(R"({"old":"x","new":"12345678"})");
  REQUIRE(x.has_value());
  CHECK(x->old_password == "x");
  CHECK(x->new_password == "12345678");
  CHECK(code_of(parse_password_change(R"({"old":"x","new":"1234567"})"))
        == errc::bad_request);
  CHECK(code_of(parse_password_change(R"({"new":"12345678"})"))
        == errc::bad_request);
  CHECK(code_of(parse_password_change(R"({"old":"x"})")) == errc::bad_request);
}

TEST_CASE("a message over HTTP obeys the rules of a send") {
  auto x = parse_message(R"({"cid":"c","body":"hi","reply_to":4})");
  REQUIRE(x.has_value());
  CHECK(x->cid == "c");
  CHECK(x->body == "hi");
  CHECK(x->reply_to == 4);
  CHECK(parse_message(R"({"cid":"c","body":"hi"})")->reply_to == 0);
  for (auto text :
       {R"({"body":"hi"})", R"({"cid":"c"})", R"({"cid":"c","body":""})",
        R"({"cid":"a b","body":"hi"})", R"({"cid":"c","body":"a\u0000"})",
        R"({"cid":"c","body":"hi","reply_to":0})"}) {
    CAPTURE(text);
    CHECK(code_of(parse_message(text)) == errc::bad_request);
  }
  auto long_body = [](size_t count) {
    return parse_message(R"({"cid":"c","body":)" + quoted(count) + "}");
  };
  CHECK(code_of(long_body(100'000)) == errc::none);
  CHECK(code_of(long_body(100'001)) == errc::too_large);
}

TEST_CASE("null and 0 both unmute, absence says nothing") {
  CHECK_FALSE(parse_settings("{}")->muted_until);
  CHECK(parse_settings(R"({"muted_until":null})")->muted_until == 0);
  CHECK(parse_settings(R"({"muted_until":0})")->muted_until == 0);
  CHECK(parse_settings(R"({"muted_until":1700000000000})")->muted_until
        == 1'700'000'000'000);
  for (auto text : {R"({"muted_until":-1})", R"({"muted_until":"1"})",
                    R"({"muted_until":1.5})", R"({"muted_until":true})",
                    R"({"muted_until":9007199254740993})"}) {
    CAPTURE(text);
    CHECK(code_of(parse_settings(text)) == errc::bad_request);
  }
}

TEST_CASE("a group has a name and members without repeats") {
  auto x = parse_group(
      R"({"cid":"c","name":"Team","members":["bob","alice","bob","X Y"]})");
  REQUIRE(x.has_value());
  CHECK(x->cid == "c");
  CHECK(x->name == "Team");
  CHECK(x->members == std::vector<std::string>{"bob", "alice", "X Y"});
  CHECK(parse_group(R"({"name":"Team","members":[]})")->cid.empty());
  auto with = [](const std::string& members) {
    return parse_group(R"({"name":"Team","members":)" + members + "}");
  };
  CHECK(with(list_of(200))->members.size() == 200);
  CHECK(code_of(with(list_of(201))) == errc::bad_request);
  CHECK(code_of(with("[1]")) == errc::bad_request);
  CHECK(code_of(with("\"bob\"")) == errc::bad_request);
  CHECK(code_of(with("[\"" + std::string(129, 'x') + "\"]"))
        == errc::bad_request);
  CHECK(code_of(parse_group(R"({"name":"Team"})")) == errc::bad_request);
  CHECK(code_of(parse_group(R"({"members":[]})")) == errc::bad_request);
  CHECK(code_of(parse_group(R"({"name":"","members":[]})"))
        == errc::bad_request);
  // `users` is another body's member.
  CHECK(parse_group(R"({"name":"T","members":["a"],"users":["b"]})")->members
        == std::vector<std::string>{"a"});
}

TEST_CASE("a device's name is a text of up to 64 code points, or taken away") {
  std::string longest;
  for (int i = 0; i < 64; ++i)
    longest += "\xc3\xa4";
  auto parsed = [](const std::string& name) {
    return parse_device_name(R"({"name":")" + name + "\"}");
  };
  CHECK(*parsed("My phone") == "My phone");
  CHECK(*parsed(longest) == longest);
  CHECK(*parse_device_name(R"({"name":null})") == "");
  for (const auto& wrong : {std::string{}, std::string{" "}, longest + "x"})
    CHECK(code_of(parsed(wrong)) == errc::bad_request);
  CHECK(code_of(parse_device_name("{}")) == errc::bad_request);
  CHECK(code_of(parse_device_name(R"({"name":7})")) == errc::bad_request);
}

TEST_CASE("a group's name, its new users and a role each stand alone") {
  CHECK(*parse_group_name(R"({"name":" New name "})") == " New name ");
  CHECK(code_of(parse_group_name("{}")) == errc::bad_request);
  CHECK(*parse_users(R"({"users":["a","a","b"]})")
        == std::vector<std::string>{"a", "b"});
  CHECK(code_of(parse_users(R"({"users":[]})")) == errc::bad_request);
  CHECK(code_of(parse_users("{}")) == errc::bad_request);
  for (auto each : {role::owner, role::admin, role::member})
    CHECK(*parse_role(R"({"role":")" + std::string{to_string(each)} + "\"}")
          == each);
  CHECK(code_of(parse_role(R"({"role":"god"})")) == errc::bad_request);
  CHECK(code_of(parse_role(R"({"role":1})")) == errc::bad_request);
}

TEST_CASE("a problem says its status, its code and when to try again") {
  CHECK(encode_problem({errc::conflict, "the name is \"taken\""})
        == R"({"type":"about:blank","title":"Conflict","status":409,)"
           R"("detail":"the name is \"taken\"","code":"conflict"})");
  CHECK(encode_problem({errc::rate_limited, "", 1500})
        == R"({"type":"about:blank","title":"Too Many Requests",)"
           R"("status":429,"detail":"","code":"rate_limited",)"
           R"("retry_after_ms":1500})");
}
