#include "admin/lines.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

namespace parley::admin {

TEST_CASE("a request is a line of JSON with a command and its arguments") {
  auto plain = parse_request(R"({"cmd":"status"})");
  REQUIRE(plain.has_value());
  CHECK(plain->cmd == "status");
  CHECK(plain->args.empty());
  auto full = parse_request(R"({"cmd":"users show","args":{"user":"a"}})");
  REQUIRE(full.has_value());
  CHECK(full->cmd == "users show");
  CHECK(full->args.at("user") == "a");
}

TEST_CASE("a line that is no request is refused by what it is") {
  struct row {
    const char* line;
    errc code;
  };
  const row table[]{
      {"", errc::bad_frame},
      {"status", errc::bad_frame},
      {R"({"cmd":"status")", errc::bad_frame},
      {R"({"cmd":"status"} x)", errc::bad_frame},
      {"{\"cmd\":\"\xff\"}", errc::bad_frame},
      {R"({"cmd":"a","args":{"a":[[[[1]]]]}})", errc::bad_frame},
      {R"([])", errc::bad_request},
      {R"({})", errc::bad_request},
      {R"({"cmd":1})", errc::bad_request},
      {R"({"cmd":"status","args":[]})", errc::bad_request},
  };
  for (const auto& x : table) {
    CAPTURE(x.line);
    auto parsed = parse_request(x.line);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code == x.code);
  }
}

TEST_CASE("a request that was encoded reads as the same") {
  request_line what{"users show", {{"user", "line\nbreak"}}};
  auto line = encode_request(what);
  CHECK(line.find('\n') == line.size() - 1);
  auto back = parse_request(std::string_view{line}.substr(0, line.size() - 1));
  REQUIRE(back.has_value());
  CHECK(back->cmd == what.cmd);
  CHECK(back->args == what.args);
}

TEST_CASE("an answer is a line for each row and one that says how it went") {
  reply what;
  what.rows.push_back({{"user", "a"}});
  what.rows.push_back({{"user", "b"}});
  what.last["count"] = 2;
  CHECK(encode_answer(what)
        == "{\"user\":\"a\"}\n{\"user\":\"b\"}\n{\"ok\":true,\"count\":2}\n");
  CHECK(encode_answer(reply{}) == "{\"ok\":true}\n");
  CHECK(
      encode_answer(error{errc::not_found, "no such user", 0})
      == "{\"ok\":false,\"code\":\"not_found\",\"error\":\"no such user\"}\n");
}

} // namespace parley::admin
