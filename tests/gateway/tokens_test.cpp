#include "support/server_process.hpp"
#include "support/tokens.hpp"

#include "parley/gateway/tokens.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <memory>
#include <string>

using namespace parley;
using gateway::token_service;
namespace json = boost::json;

namespace {

constexpr timestamp start = 1'700'000'000'000;
constexpr int64_t start_s = start / 1000;

struct fixture {
  test::temporary_directory here;
  config::settings settings;
  manual_wall_clock clock{start};

  fixture() { settings.node.data_dir = here.path().string(); }

  std::unique_ptr<token_service> open() {
    auto made = token_service::open(settings, clock);
    REQUIRE(made.has_value());
    return std::move(*made);
  }

  /// The key that the service has made for itself.
  std::string own_key() const {
    std::ifstream in{here.path() / "token.key", std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  std::string put_pem(const std::string& text) const {
    auto path = here.path() / "external.pem";
    std::ofstream{path} << text;
    return path.string();
  }
};

bool refused(const token_service& by, std::string_view token) {
  auto who = by.check(token);
  return !who && who.error().code == errc::unauthenticated;
}

json::object claims(std::string_view user) {
  return {{"sub", user}, {"exp", start_s + 60}};
}

json::object own_claims(std::string_view user) {
  auto all = claims(user);
  all["iss"] = "parley";
  all["sid"] = "login1";
  all["iat"] = start_s;
  return all;
}

json::object without(json::object from, std::string_view key) {
  from.erase(key);
  return from;
}

json::object with(json::object from, std::string_view key, json::value x) {
  from[key] = std::move(x);
  return from;
}

} // namespace

TEST_CASE("a token that the node issued speaks for its user and login") {
  fixture f;
  auto tokens = f.open();
  auto who = tokens->check(tokens->issue("alice", "login1"));
  REQUIRE(who.has_value());
  CHECK(who->user == "alice");
  CHECK(who->login == "login1");
  CHECK(who->expires == start + 900'000);
  CHECK_FALSE(who->external);
}

TEST_CASE("a token holds the claims that other nodes and tools expect") {
  fixture f;
  auto tokens = f.open();
  auto issued = test::claims_of(tokens->issue("alice", "login1"));
  CHECK(issued
        == json::object{{"sub", "alice"},
                        {"sid", "login1"},
                        {"iss", "parley"},
                        {"iat", start_s},
                        {"exp", start_s + 900}});
}

TEST_CASE("a token ends with its time and survives a restart of the node") {
  fixture f;
  auto token = f.open()->issue("alice", "login1");
  auto again = f.open();
  f.clock.advance(std::chrono::milliseconds{899'999});
  CHECK(again->check(token).has_value());
  f.clock.advance(std::chrono::milliseconds{1});
  CHECK(refused(*again, token));
}

TEST_CASE("a token under another key, changed or unsigned is forged") {
  fixture f;
  fixture other;
  auto tokens = f.open();
  auto good = tokens->issue("alice", "login1");
  CHECK(refused(*tokens, other.open()->issue("alice", "login1")));
  CHECK(refused(*tokens, test::with_subject(good, "bob")));
  CHECK(refused(*tokens, test::unsigned_token(own_claims("alice"))));
  CHECK(refused(*tokens, good.substr(0, good.rfind('.') + 1)));
  CHECK(refused(*tokens, good.substr(0, good.rfind('.'))));
  for (size_t i = 0; i < good.size(); ++i) {
    CAPTURE(i);
    auto changed = good;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    // The last character of a 32-byte signature holds two unused bits.
    if (i + 1 < good.size())
      CHECK(refused(*tokens, changed));
  }
}

TEST_CASE("what is no token at all is refused") {
  fixture f;
  auto tokens = f.open();
  using namespace std::string_literals;
  for (const auto& token :
       {""s, "."s, ".."s, "..."s, "a.b.c"s, "a b.c.d"s, "a\0.b.c"s,
        std::string(10'000, 'a'), std::string(9000, 'a') + ".b.c",
        "\xFF.\xFF.\xFF"s, tokens->issue("alice", "x") + "\n"})
    CHECK(refused(*tokens, token));
}

TEST_CASE("own tokens must have every claim, of the right kind") {
  fixture f;
  auto tokens = f.open();
  auto key = f.own_key();
  auto good = own_claims("alice");
  CHECK(tokens->check(test::hs256_token(key, good)).has_value());
  for (const std::string claim : {"sub", "sid", "iss", "exp"})
    CHECK(refused(*tokens, test::hs256_token(key, without(good, claim))));
  CHECK(refused(*tokens, test::hs256_token(key, with(good, "iss", "other"))));
  CHECK(refused(*tokens, test::hs256_token(key, with(good, "sub", "Alice"))));
  CHECK(refused(*tokens, test::hs256_token(key, with(good, "sub", 7))));
  for (const auto& expiry :
       {json::value("never"), json::value(nullptr), json::value(-1),
        json::value(0), json::value(INT64_MAX), json::value(start_s)})
    CHECK(refused(*tokens, test::hs256_token(key, with(good, "exp", expiry))));
}

TEST_CASE("without an external service only own tokens count") {
  fixture f;
  auto tokens = f.open();
  CHECK(refused(*tokens, test::hs256_token("some secret", claims("alice"))));
  CHECK(refused(*tokens, test::hs256_token("", claims("alice"))));
}

TEST_CASE("an external service's tokens speak for the user that they name") {
  fixture f;
  std::string secret(32, 's');
  f.settings.auth.external = {"HS256", secret, ""};
  auto tokens = f.open();
  auto who = tokens->check(test::hs256_token(secret, claims("alice")));
  REQUIRE(who.has_value());
  CHECK(who->user == "alice");
  CHECK(who->login.empty());
  CHECK(who->external);
  CHECK(who->expires == (start_s + 60) * 1000);
  auto own = tokens->check(tokens->issue("bob", "login1"));
  REQUIRE(own.has_value());
  CHECK_FALSE(own->external);
}

TEST_CASE("an external token must expire, be in force and name a valid user") {
  fixture f;
  std::string secret(32, 's');
  f.settings.auth.external = {"HS256", secret, ""};
  auto tokens = f.open();
  auto good = claims("alice");
  auto refuses = [&](const json::object& x) {
    return refused(*tokens, test::hs256_token(secret, x));
  };
  CHECK(refuses(without(good, "exp")));
  CHECK(refuses(without(good, "sub")));
  CHECK(refuses(with(good, "exp", start_s)));
  CHECK(refuses(with(good, "exp", "1700000060")));
  CHECK(refuses(with(good, "sub", "No Body")));
  CHECK(refuses(with(good, "sub", "a23456789012345678901234567890123")));
  CHECK(refuses(with(good, "nbf", start_s + 61)));
  CHECK(refuses(with(good, "nbf", "later")));
  CHECK_FALSE(refuses(with(good, "nbf", start_s + 60)));
  CHECK_FALSE(refuses(with(good, "aud", "anything")));
}

TEST_CASE("an external secret does not make the node's own tokens") {
  fixture f;
  std::string secret(32, 's');
  f.settings.auth.external = {"HS256", secret, ""};
  auto tokens = f.open();
  auto who = tokens->check(test::hs256_token(secret, own_claims("alice")));
  REQUIRE(who.has_value());
  CHECK(who->external);
  CHECK(who->login.empty());
}

TEST_CASE("the algorithm is the configured one, whatever a token claims") {
  fixture f;
  std::string secret(64, 's');
  f.settings.auth.external = {"HS512", secret, ""};
  auto tokens = f.open();
  CHECK(refused(*tokens, test::hs256_token(secret, claims("alice"))));
  CHECK(refused(*tokens, test::unsigned_token(claims("alice"))));
}

TEST_CASE("tokens by a public key are accepted from its owner only") {
  for (const std::string algorithm : {"RS256", "ES256"}) {
    CAPTURE(algorithm);
    fixture f;
    test::signing_key key{algorithm};
    test::signing_key stranger{algorithm};
    f.settings.auth.external = {algorithm, "", f.put_pem(key.public_pem())};
    auto tokens = f.open();
    auto who = tokens->check(key.sign(claims("alice")));
    REQUIRE(who.has_value());
    CHECK(who->user == "alice");
    CHECK(refused(*tokens, stranger.sign(claims("alice"))));
    CHECK(
        refused(*tokens, test::with_subject(key.sign(claims("alice")), "bob")));
    CHECK(refused(*tokens, test::unsigned_token(claims("alice"))));
  }
}

TEST_CASE("a public key is not taken for the secret of an HMAC") {
  for (const std::string algorithm : {"RS256", "ES256"}) {
    CAPTURE(algorithm);
    fixture f;
    test::signing_key key{algorithm};
    f.settings.auth.external = {algorithm, "", f.put_pem(key.public_pem())};
    auto tokens = f.open();
    CHECK(
        refused(*tokens, test::hs256_token(key.public_pem(), claims("alice"))));
  }
}

TEST_CASE("a key that does not fit its algorithm is refused at the start") {
  fixture f;
  auto refuses = [&](const std::string& algorithm, const std::string& pem) {
    f.settings.auth.external = {algorithm, "", f.put_pem(pem)};
    auto opened = token_service::open(f.settings, f.clock);
    return !opened && opened.error().code == errc::internal
           && opened.error().message.find("external.pem") != std::string::npos;
  };
  CHECK(refuses("RS256", "no key"));
  CHECK(refuses("RS256", ""));
  CHECK(refuses("RS256", test::signing_key{"ES256"}.public_pem()));
  CHECK(refuses("ES256", test::signing_key{"RS256"}.public_pem()));
  CHECK(refuses("RS256", std::string(100'000, 'x')));
  f.settings.auth.external = {"RS256", "", "/no/such/file"};
  CHECK_FALSE(token_service::open(f.settings, f.clock).has_value());
}
