#include "e2e/shared_node.hpp"
#include "support/doctest.hpp"
#include "support/tokens.hpp"

#include <fstream>

// Tokens of an operator's own login service.

namespace parley::test {
namespace {

const std::string secret = "a secret that the login service shares with us";

server_process& hs256_node() {
  static server_process process(overrides{{"auth.external.algorithm", "HS256"},
                                          {"auth.external.secret", secret}});
  return process;
}

std::string answer_to(const server_process& on, const std::string& token) {
  http_request request{.target = "/v1/me", .token = token};
  const auto answer = fetch(on.where(), request);
  return answer.status == 200 ? text_of(answer.object(), "user")
                              : problem(answer);
}

TEST_CASE("an HS256 token of the login service opens a session, and its user "
          "is made at first sight") {
  const auto user = fresh_name("external");
  session phone(hs256_node().where(), hs256_token(secret, claims_for(user)));
  CHECK(text_of(phone.ready(), "user") == user);
  phone.say("dm:" + user + ":" + user, "a note");
}

TEST_CASE("an HS256 token of the login service works over HTTP") {
  const auto user = fresh_name("external");
  CHECK(answer_to(hs256_node(), hs256_token(secret, claims_for(user))) == user);
}

TEST_CASE("users of the login service can be written to by others") {
  const auto one = fresh_name("external");
  const auto other = fresh_name("external");
  session first(hs256_node().where(), hs256_token(secret, claims_for(one)));
  session second(hs256_node().where(), hs256_token(secret, claims_for(other)));
  CHECK(
      text_of(
          first.request(
              {{"t", "send"}, {"cid", "c"}, {"to", other}, {"body", "hello"}}),
          "t")
      == "ack");
  CHECK(text_of(second.wait_for({{"t", "msg"}}), "from") == one);
}

TEST_CASE("forged, expired and ill-formed tokens of the login service are "
          "unauthenticated") {
  const auto user = fresh_name("external");
  const auto claims = claims_for(user);
  const std::vector<std::string> bad_tokens{
      hs256_token("another secret of the same kind as the real", claims),
      hs256_token(secret, with(claims, {{"exp", 1'600'000'000}})),
      hs256_token(secret, with(claims, {{"nbf", 4'102'444'800}})),
      hs256_token(secret, with(claims, {{"sub", "Not A Name"}})),
      hs256_token(secret, with(claims, {{"sub", 7}})),
      hs256_token(secret, {{"exp", field(claims, "exp")}}),
      hs256_token("", claims),
      unsigned_token(claims),
      with_subject(hs256_token(secret, claims_for(fresh_name("x"))), user)};
  for (const auto& token : bad_tokens) {
    CAPTURE(token);
    CHECK(answer_to(hs256_node(), token) == "401 unauthenticated");
  }
}

TEST_CASE("registration is closed where a login service is configured") {
  CHECK(problem(
            post(hs256_node(), "/v1/register",
                 json::object{{"user", "alice"}, {"password", "the password"}}))
        == "403 forbidden");
}

TEST_CASE("tokens signed with a key pair are accepted, and only those") {
  for (const auto* algorithm : {"RS256", "ES256"}) {
    CAPTURE(algorithm);
    const signing_key key(algorithm);
    const signing_key other(algorithm);
    temporary_directory dir;
    const auto file = dir.path() / "public.pem";
    std::ofstream(file) << key.public_pem();
    server_process external(
        overrides{{"auth.external.algorithm", algorithm},
                  {"auth.external.public_key_file", file.string()}});
    const auto user = fresh_name("external");
    CHECK(answer_to(external, key.sign(claims_for(user))) == user);
    CHECK(answer_to(external, other.sign(claims_for(user)))
          == "401 unauthenticated");
    // The public key is no secret: it must not pass as one.
    CHECK(answer_to(external, hs256_token(key.public_pem(), claims_for(user)))
          == "401 unauthenticated");
    CHECK(answer_to(external, unsigned_token(claims_for(user)))
          == "401 unauthenticated");
  }
}

} // namespace
} // namespace parley::test
