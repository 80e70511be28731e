#include "gateway/fake_node.hpp"
#include "gateway/header.hpp"
#include "support/json.hpp"
#include "support/tokens.hpp"

#include "parley/history/codecs.hpp"
#include "parley/history/keys.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace parley;
using gateway::verb;
using test::fake_node;
using test::header;
using strings = std::vector<std::string>;

namespace {

const std::string group = "g:01HZX0000000000000000000AA";

std::string code_of(const gateway::http_reply& reply) {
  return test::text_of(boost::json::parse(reply.body).as_object(), "code");
}

void put_account(history::store& to, const std::string& user) {
  history::account_record record;
  record.user = user;
  record.display_name = "The " + user;
  record.created = 7;
  history::batch rows;
  rows.put(history::family::state,
           history::account_key(place_of(user, 1).partition, user),
           history::encode(record));
  REQUIRE(to.write({rows}).has_value());
}

} // namespace

TEST_CASE("a request without a sound token asks nobody") {
  fake_node node;
  for (const auto& token : {std::string{}, std::string{"forged"},
                            test::unsigned_token(test::claims_for("alice"))}) {
    auto reply = node.request(verb::get, "/v1/me", {}, token);
    CHECK(reply->status == 401);
    CHECK(code_of(*reply) == "unauthenticated");
    CHECK(header(*reply, "WWW-Authenticate") == "Bearer");
  }
  CHECK(node.play.asked.empty());
}

TEST_CASE("a user that is not admitted gets no further") {
  fake_node node;
  node.play.errors["admit"] = errc::unauthenticated;
  CHECK(node.as_alice(verb::get, "/v1/me").status == 401);
  CHECK(node.play.asked == strings{"alice admit"});
}

TEST_CASE("the user of an external service is made at first sight") {
  auto settings = fake_node::cheap_settings();
  settings.auth.external = {"HS256", std::string(32, 's'), ""};
  fake_node node{settings};
  auto token = test::hs256_token(std::string(32, 's'),
                                 {{"sub", "carol"}, {"exp", 1'800'000'000}});
  CHECK(node.request(verb::get, "/v1/me", {}, token)->status == 200);
  CHECK(node.play.asked == strings{"carol admit create", "carol get_profile"});
}

TEST_CASE("an actor's answer is wrapped into an object") {
  fake_node node;
  node.play.fields["get_devices"] = R"("devices":[])";
  auto reply = node.as_alice(verb::get, "/v1/devices");
  CHECK(reply.status == 200);
  CHECK(reply.type == "application/json");
  CHECK(reply.body == R"({"devices":[]})");
}

TEST_CASE("an actor's error keeps its code") {
  fake_node node;
  for (auto code : {errc::forbidden, errc::not_found, errc::conflict,
                    errc::group_full, errc::unavailable}) {
    node.play.errors["add_members"] = code;
    auto reply = node.as_alice(verb::post, "/v1/groups/" + group + "/members",
                               R"({"users":["bob"]})");
    CHECK(reply.status == static_cast<unsigned>(http_status(code)));
    CHECK(reply.type == "application/problem+json");
    CHECK(code_of(reply) == to_string(code));
  }
}

TEST_CASE("each path asks the right actor for the right thing") {
  struct row {
    verb method;
    std::string path;
    std::string body;
    unsigned status;
    std::string asked;
  };
  const auto& g = group;
  const std::vector<row> rows{
      {verb::get, "/v1/me", "", 200, "alice get_profile"},
      {verb::patch, "/v1/me", R"({"about":"x"})", 200,
       "alice patch_profile - x"},
      {verb::get, "/v1/users/bob", "", 200, "bob get_profile"},
      {verb::get, "/v1/conversations", "", 200, "alice get_conversations 50 "},
      {verb::get, "/v1/conversations?limit=9999&cursor=c", "", 200,
       "alice get_conversations 200 c"},
      {verb::get, "/v1/conversations/dm%3Aalice%3Abob", "", 200,
       "dm:alice:bob get_conversation alice"},
      {verb::get, "/v1/conversations/" + g + "/messages?limit=1", "", 200,
       g + " get_history alice - - 1"},
      {verb::get, "/v1/conversations/" + g + "/messages?before=9&after=2", "",
       200, g + " get_history alice 9 2 50"},
      {verb::put, "/v1/conversations/" + g + "/settings",
       R"({"muted_until":5})", 204, "alice mute " + g + " 5"},
      {verb::patch, "/v1/groups/" + g, R"({"name":"n"})", 204,
       g + " rename_group alice n"},
      {verb::del, "/v1/groups/" + g, "", 204, g + " delete_group alice"},
      {verb::post, "/v1/groups/" + g + "/members", R"({"users":["bob"]})", 204,
       g + " add_members alice bob"},
      {verb::put, "/v1/groups/" + g + "/members/bob", R"({"role":"admin"})",
       204, g + " set_role alice bob 2"},
      {verb::del, "/v1/groups/" + g + "/members/bob", "", 204,
       g + " remove_member alice bob"},
      {verb::put, "/v1/blocks/bob", "", 204, "alice set_block bob true"},
      {verb::del, "/v1/blocks/bob", "", 204, "alice set_block bob false"},
      {verb::get, "/v1/blocks", "", 200, "alice get_blocks"},
      {verb::put, "/v1/devices/Phone-1", R"({"name":"My phone"})", 204,
       "alice name_device Phone-1 My phone"},
      {verb::put, "/v1/devices/Phone-1", R"({"name":null})", 204,
       "alice name_device Phone-1 "},
      {verb::del, "/v1/devices/Phone-1", "", 204,
       "alice remove_device Phone-1"},
  };
  for (const auto& x : rows) {
    CAPTURE(x.path);
    fake_node node;
    CHECK(node.as_alice(x.method, x.path, x.body).status == x.status);
    CHECK(node.play.asked == strings{"alice admit", x.asked});
  }
}

TEST_CASE("a name in the path that is ill-formed is not found, and not asked") {
  fake_node node;
  for (const auto& [method, path] : std::vector<std::pair<verb, std::string>>{
           {verb::get, "/v1/users/No%20Body"},
           {verb::get, "/v1/conversations/dm:bob:alice"},
           {verb::get, "/v1/conversations/everyone/messages"},
           {verb::post, "/v1/conversations/g:1/messages"},
           {verb::del, "/v1/groups/dm:alice:bob"},
           {verb::del, "/v1/groups/" + group + "/members/B"},
           {verb::put, "/v1/blocks/A"},
           {verb::del, "/v1/devices/a%20b"}}) {
    CAPTURE(path);
    CHECK(node.as_alice(method, path).status == 404);
  }
  for (const auto& asked : node.play.asked)
    CHECK(asked == "alice admit");
}

TEST_CASE("an ill-formed query is a bad request, and nobody is asked") {
  fake_node node;
  for (const std::string path :
       {"/v1/conversations?limit=x", "/v1/conversations?limit=0",
        "/v1/conversations?limit=1&limit=2",
        "/v1/conversations/dm:alice:bob/messages?before=-1",
        "/v1/conversations/dm:alice:bob/messages?after=1.5", "/v1/users",
        "/v1/users?ids=", "/v1/users?ids=a&prefix=al", "/v1/users?prefix=a",
        "/v1/presence", "/v1/presence?users=", "/v1/presence?users=A"}) {
    CAPTURE(path);
    auto reply = node.as_alice(verb::get, path);
    CHECK(reply.status == 400);
    CHECK(code_of(reply) == "bad_request");
  }
  for (const auto& asked : node.play.asked)
    CHECK(asked == "alice admit");
}

TEST_CASE("a sent message is created, a repeated one is not") {
  fake_node node;
  const auto* path = "/v1/conversations/dm:alice:bob/messages";
  const auto* body = R"({"cid":"c1","body":"Hello","reply_to":3})";
  auto first = node.as_alice(verb::post, path, body);
  CHECK(first.status == 201);
  CHECK(
      boost::json::parse(first.body)
      == boost::json::parse(
          R"({"cid":"c1","conv":"dm:alice:bob","seq":5,"ts":1700000000123})"));
  CHECK(node.play.asked.back() == "dm:alice:bob append alice c1 Hello 3");
  node.play.sent.dup = true;
  auto again = node.as_alice(verb::post, path, body);
  CHECK(again.status == 200);
  CHECK(boost::json::parse(again.body).at("dup") == true);
}

TEST_CASE("a message that is refused or not answered says so") {
  fake_node node;
  const auto* path = "/v1/conversations/dm:alice:bob/messages";
  const auto* body = R"({"cid":"c1","body":"Hello"})";
  node.play.errors["append"] = errc::cid_conflict;
  auto refused = node.as_alice(verb::post, path, body);
  CHECK(refused.status == 409);
  CHECK(code_of(refused) == "cid_conflict");
  node.play.errors.clear();
  node.play.silent = true;
  auto unknown = node.as_alice(verb::post, path, body);
  CHECK(unknown.status == 503);
  CHECK(code_of(unknown) == "unavailable");
}

TEST_CASE("a user who sends too fast over HTTP is told when to go on") {
  auto settings = fake_node::cheap_settings();
  settings.limits.sends_per_s = 1;
  settings.limits.sends_burst = 2;
  fake_node node{settings};
  const auto* path = "/v1/conversations/dm:alice:bob/messages";
  const auto* body = R"({"cid":"c1","body":"Hello"})";
  CHECK(node.as_alice(verb::post, path, body).status == 201);
  CHECK(node.as_alice(verb::post, path, body).status == 201);
  auto held = node.as_alice(verb::post, path, body);
  CHECK(held.status == 429);
  CHECK(header(held, "Retry-After") == "1");
  CHECK(boost::json::parse(held.body).at("retry_after_ms").as_int64() > 0);
  node.clock.advance(std::chrono::seconds{1});
  CHECK(node.as_alice(verb::post, path, body).status == 201);
}

TEST_CASE("a group that is created again with its cid is the same group") {
  fake_node node;
  const auto* body = R"({"cid":"c1","name":"n","members":["bob"]})";
  auto first = node.as_alice(verb::post, "/v1/groups", body);
  CHECK(first.status == 201);
  auto conv = test::text_of(boost::json::parse(first.body).as_object(), "conv");
  CHECK(node.play.asked.back() == conv + " create_group alice c1 n bob");
  CHECK(node.as_alice(verb::post, "/v1/groups", body).body == first.body);
}

TEST_CASE("profiles come in the order asked, and unknown users are left out") {
  fake_node node;
  auto reply =
      node.as_alice(verb::get, "/v1/users?ids=carol,nobody,bob,No%20Name");
  CHECK(reply.status == 200);
  CHECK(reply.body == R"({"users":[{"user":"carol"},{"user":"bob"}]})");
  CHECK(node.as_alice(verb::get, "/v1/users?ids=nobody").body
        == R"({"users":[]})");
}

TEST_CASE("more than 100 profiles at once are refused") {
  fake_node node;
  std::string ids;
  for (int i = 0; i < 101; ++i)
    ids += "u" + std::to_string(i) + ",";
  CHECK(node.as_alice(verb::get, "/v1/users?ids=" + ids).status == 400);
}

TEST_CASE("users are found by the beginning of their name") {
  fake_node node;
  for (const std::string user : {"alan", "alice", "bob"})
    put_account(*node.store, user);
  auto reply = node.as_alice(verb::get, "/v1/users?prefix=al");
  CHECK(reply.status == 200);
  CHECK(reply.body
        == R"({"users":[{"user":"alan","display_name":"The alan","about":"",)"
           R"("created":7},{"user":"alice","display_name":"The alice",)"
           R"("about":"","created":7}]})");
  CHECK(node.as_alice(verb::get, "/v1/users?prefix=AL").body
        == R"({"users":[]})");
}

TEST_CASE("the search for users can be switched off") {
  auto settings = fake_node::cheap_settings();
  settings.http.user_search = false;
  fake_node node{settings};
  CHECK(node.as_alice(verb::get, "/v1/users?prefix=al").status == 403);
}

TEST_CASE("presence is asked for without watching, and is a plain array") {
  fake_node node;
  node.play.fields["watch"] = R"("items":[{"user":"bob","status":"away"}])";
  auto reply = node.as_alice(verb::get, "/v1/presence?users=bob,carol,bob");
  CHECK(reply.status == 200);
  CHECK(reply.body == R"([{"user":"bob","status":"away"}])");
  CHECK(node.play.asked.back() == "alice watch bob,carol");
}
