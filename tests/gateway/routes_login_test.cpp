#include "gateway/fake_node.hpp"
#include "support/json.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace parley;
using gateway::verb;
using test::fake_node;
using strings = std::vector<std::string>;

namespace {

constexpr auto credentials = R"({"user":"alice","password":"correct horse"})";

/// A node on which alice has registered.
struct registered : fake_node {
  explicit registered(const config::settings& settings = cheap_settings())
      : fake_node(settings) {
    auto reply = request(verb::post, "/v1/register", credentials);
    REQUIRE(reply.has_value());
    REQUIRE(reply->status == 201);
    play.asked.clear();
  }

  gateway::http_reply log_in(const std::string& body) {
    return *request(verb::post, "/v1/login", body);
  }
};

} // namespace

TEST_CASE("who registers gets an account and the tokens of a login") {
  fake_node node;
  auto reply = node.request(verb::post, "/v1/register", credentials);
  REQUIRE(reply.has_value());
  CHECK(reply->status == 201);
  auto body = boost::json::parse(reply->body).as_object();
  CHECK(body["user"] == "alice");
  CHECK(body["expires_in"] == 900);
  CHECK(body["refresh_token"] == "alice.LOGIN.SECRET");
  auto token = test::text_of(body, "token");
  auto who = node.services().tokens.check(token);
  REQUIRE(who.has_value());
  CHECK(who->user == "alice");
  CHECK(who->login == "LOGIN");
  CHECK(node.play.asked
        == strings{"alice create_account alice", "alice open_login"});
  CHECK(node.play.accounts["alice"].password_hash.starts_with("$argon2id$"));
}

TEST_CASE("a name that is taken opens no login") {
  fake_node node;
  node.play.errors["create_account"] = errc::conflict;
  auto reply = node.request(verb::post, "/v1/register", credentials);
  CHECK(reply->status == 409);
  CHECK(node.play.asked == strings{"alice create_account alice"});
}

TEST_CASE("registration is closed by config and by an external service") {
  auto closed = fake_node::cheap_settings();
  closed.auth.registration_open = false;
  auto external = fake_node::cheap_settings();
  external.auth.external = {"HS256", std::string(32, 's'), ""};
  for (const auto& settings : {closed, external}) {
    fake_node node{settings};
    CHECK(node.request(verb::post, "/v1/register", credentials)->status == 403);
    CHECK(node.play.asked.empty());
  }
}

TEST_CASE("the right password opens a login") {
  registered node;
  auto reply = node.log_in(credentials);
  CHECK(reply.status == 200);
  CHECK(node.play.asked == strings{"alice get_account", "alice open_login"});
}

TEST_CASE("a wrong password, user or state of the account look all the same") {
  registered node;
  node.play.accounts["disabled"] = node.play.accounts["alice"];
  node.play.accounts["disabled"].disabled = true;
  node.play.accounts["external"].user = "external";
  auto wrong = node.log_in(R"({"user":"alice","password":"wrong horse"})");
  CHECK(wrong.status == 401);
  for (const std::string user :
       {"nobody", "No Name", "", "disabled", "external"}) {
    CAPTURE(user);
    auto reply = node.log_in(R"({"user":")" + std::string{user}
                             + R"(","password":"correct horse"})");
    CHECK(reply.status == wrong.status);
    CHECK(reply.body == wrong.body);
    CHECK(reply.headers == wrong.headers);
  }
  for (const auto& asked : node.play.asked)
    CHECK(asked.find("open_login") == std::string::npos);
}

TEST_CASE("a home that cannot answer is no wrong password") {
  registered node;
  node.play.errors["open_login"] = errc::unavailable;
  CHECK(node.log_in(credentials).status == 503);
}

TEST_CASE("a refresh token is split from its end, since names may hold dots") {
  fake_node node;
  auto reply = node.request(verb::post, "/v1/token/refresh",
                            R"({"refresh_token":"a.b.c.L1.S1"})");
  CHECK(reply->status == 200);
  CHECK(node.play.asked == strings{"a.b.c refresh_login L1 S1"});
  auto body = boost::json::parse(reply->body).as_object();
  CHECK(body["user"] == "a.b.c");
  CHECK(body["refresh_token"] == "a.b.c.LOGIN.SECRET");
}

TEST_CASE("what is no refresh token asks nobody") {
  fake_node node;
  for (const std::string token :
       {"", "x", "a.b", ".b.c", "a..c", "a.b.", "A.b.c"}) {
    CAPTURE(token);
    for (const std::string path : {"/v1/token/refresh", "/v1/logout"}) {
      auto reply =
          node.request(verb::post, path,
                       R"({"refresh_token":")" + std::string{token} + "\"}");
      CHECK((reply->status == 401 || reply->status == 400));
    }
  }
  CHECK(node.play.asked.empty());
}

TEST_CASE("logging out ends the login of the refresh token") {
  fake_node node;
  auto reply = node.request(verb::post, "/v1/logout",
                            R"({"refresh_token":"alice.L1.S1"})");
  CHECK(reply->status == 204);
  CHECK(reply->body.empty());
  CHECK(node.play.asked == strings{"alice close_login L1 S1"});
}

TEST_CASE("a new password needs the old one and spares the caller's login") {
  registered node;
  auto before = node.play.accounts["alice"].password_hash;
  auto wrong = node.as_alice(verb::post, "/v1/me/password",
                             R"({"old":"wrong horse","new":"battery staple"})");
  CHECK(wrong.status == 403);
  CHECK(node.play.accounts["alice"].password_hash == before);
  node.play.asked.clear();
  auto right =
      node.as_alice(verb::post, "/v1/me/password",
                    R"({"old":"correct horse","new":"battery staple"})");
  CHECK(right.status == 204);
  CHECK(node.play.asked
        == strings{"alice admit", "alice get_account",
                   "alice set_password login1"});
  CHECK(node.log_in(R"({"user":"alice","password":"battery staple"})").status
        == 200);
}

TEST_CASE("an account of an external service has no password to change") {
  fake_node node;
  node.play.accounts["alice"].user = "alice";
  auto reply =
      node.as_alice(verb::post, "/v1/me/password",
                    R"({"old":"correct horse","new":"battery staple"})");
  CHECK(reply.status == 403);
}
