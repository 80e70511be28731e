#include "e2e/shared_node.hpp"
#include "support/doctest.hpp"
#include "support/tokens.hpp"

namespace parley::test {
namespace {

http_response register_user(const json::object& body,
                            const server_process& on = node()) {
  return post(on, "/v1/register", body);
}

http_response refresh(const std::string& token,
                      const server_process& on = node()) {
  return post(on, "/v1/token/refresh", json::object{{"refresh_token", token}});
}

http_response log_out(const account& user) {
  return user.post("/v1/logout",
                   json::object{{"refresh_token", user.refresh_token()}});
}

http_response change_password(const account& user, const std::string& old,
                              const std::string& fresh) {
  return user.post("/v1/me/password",
                   json::object{{"old", old}, {"new", fresh}});
}

TEST_CASE("register gives a user with tokens that work at once") {
  const auto user = fresh_name("alice");
  const auto answer = register_user({{"user", user},
                                     {"password", "correct horse"},
                                     {"display_name", "Alice A."}});
  CHECK(answer.status == 201);
  const auto login = answer.object();
  CHECK(text_of(login, "user") == user);
  CHECK(number_of(login, "expires_in") == 900);
  const account alice(node(), user, "correct horse", login);
  CHECK(text_of(alice.get("/v1/me").object(), "display_name") == "Alice A.");
  alice.open().settle();
}

TEST_CASE("a name that is taken is conflict") {
  const auto alice = register_account(node(), "alice");
  CHECK(problem(register_user(
            {{"user", alice.user()}, {"password", "another password"}}))
        == "409 conflict");
  CHECK(log_in(node(), alice.user(), alice.password()).status == 200);
}

TEST_CASE("of many who register one name at once only one gets it") {
  http_request request{.method = "POST", .target = "/v1/register"};
  request.body = json::serialize(json::object{{"user", fresh_name("popular")},
                                              {"password", "the password"}});
  int made = 0;
  int refused = 0;
  for (const auto& answer : fetch_together(node().where(), request, 10)) {
    made += answer.status == 201;
    refused += answer.status == 409;
  }
  CHECK(made == 1);
  CHECK(refused == 9);
}

TEST_CASE("names of 1 to 32 of a-z 0-9 . _ - that start with a letter or digit "
          "are taken, others are bad_request") {
  for (const auto& good : {std::string("7"), repeated("x", 32),
                           std::string("a.b_c-d"), std::string("0-0")})
    CHECK(register_user({{"user", good}, {"password", "the password"}}).status
          == 201);
  for (const auto& bad :
       {std::string(), repeated("x", 33), std::string("Alice"),
        std::string(".a"), std::string("-a"), std::string("_a"),
        std::string("a b"), std::string("a:b"), std::string("\xC3\xA9"),
        std::string("a\0b", 3), std::string("a/..")}) {
    CAPTURE(bad);
    CHECK(problem(register_user({{"user", bad}, {"password", "the password"}}))
          == "400 bad_request");
  }
}

TEST_CASE("closed registration is forbidden, and logins still work") {
  server_process closed(overrides{{"auth.registration", "closed"}});
  CHECK(problem(register_user({{"user", "alice"}, {"password", "the password"}},
                              closed))
        == "403 forbidden");
  CHECK(closed
            .admin({"users", "create", "alice", "--password-stdin"},
                   "the password\n")
            .status
        == 0);
  CHECK(log_in(closed, "alice", "the password").status == 200);
}

TEST_CASE("login gives the same as register, with tokens of its own") {
  const auto alice = register_account(node(), "alice");
  const auto answer = log_in(node(), alice.user(), alice.password());
  CHECK(answer.status == 200);
  CHECK(text_of(answer.object(), "user") == alice.user());
  CHECK(number_of(answer.object(), "expires_in") == 900);
  CHECK(text_of(answer.object(), "refresh_token") != alice.refresh_token());
}

TEST_CASE("a wrong user and a wrong password cannot be told apart") {
  const auto alice = register_account(node(), "alice");
  const auto wrong_password = log_in(node(), alice.user(), "guess");
  CHECK(problem(wrong_password) == "401 unauthenticated");
  for (const auto* user : {"nobody", "Not A Name", ""}) {
    CAPTURE(user);
    const auto wrong_user = log_in(node(), user, "guess");
    CHECK(wrong_user.status == wrong_password.status);
    CHECK(wrong_user.body == wrong_password.body);
    CHECK(wrong_user.headers.size() == wrong_password.headers.size());
  }
}

TEST_CASE("access tokens are JWTs of the user with an expiry") {
  const auto alice = register_account(node(), "alice");
  const auto claims = claims_of(alice.token());
  CHECK(text_of(claims, "sub") == alice.user());
  CHECK(number_of(claims, "exp") > 1'600'000'000);
}

TEST_CASE("refresh rotates: the new tokens work and the old one is over") {
  const auto alice = register_account(node(), "alice");
  const auto answer = refresh(alice.refresh_token());
  CHECK(answer.status == 200);
  const account renewed(node(), alice.user(), alice.password(),
                        answer.object());
  CHECK(renewed.refresh_token() != alice.refresh_token());
  CHECK(renewed.get("/v1/me").status == 200);
  CHECK(problem(refresh(alice.refresh_token())) == "401 unauthenticated");
}

TEST_CASE("refresh takes nothing but a refresh token") {
  const auto alice = register_account(node(), "alice");
  for (const auto& token : {std::string(), std::string("x"), alice.token(),
                            repeated("A", alice.refresh_token().size())}) {
    CAPTURE(token);
    const auto said = problem(refresh(token));
    CHECK((said == "401 unauthenticated"
           || (token.empty() && said == "400 bad_request")));
  }
}

TEST_CASE("an expired refresh token is unauthenticated") {
  server_process hasty(
      overrides{{"auth.refresh_ttl", "1s"}, {"auth.access_ttl", "1s"}});
  const auto alice = register_account(hasty, "alice");
  const auto expires = [](const account& login) {
    return eventually([&] { return login.get("/v1/me").status == 401; });
  };
  // Two lifetimes, since those of the two tokens are rounded differently.
  CHECK(expires(alice));
  CHECK(expires(alice.another_login()));
  CHECK(problem(refresh(alice.refresh_token(), hasty))
        == "401 unauthenticated");
}

TEST_CASE("logout ends that login and its live sessions, and no other") {
  const auto alice = register_account(node(), "alice");
  const auto other = alice.another_login();
  auto phone = alice.on("phone");
  auto tablet = other.on("tablet");
  CHECK(succeeded(log_out(alice)));
  CHECK(phone.wait_close() == 4502);
  CHECK(problem(refresh(alice.refresh_token())) == "401 unauthenticated");
  tablet.settle();
  CHECK(refresh(other.refresh_token()).status == 200);
}

TEST_CASE("an access token in hand outlives the logout until its expiry") {
  const auto alice = register_account(node(), "alice");
  log_out(alice);
  CHECK(alice.get("/v1/me").status == 200);
}

TEST_CASE("a new password ends all other logins and their sessions") {
  const auto alice = register_account(node(), "alice");
  const auto other = alice.another_login();
  auto own = alice.on("own");
  auto others = other.on("others");
  CHECK(
      succeeded(change_password(alice, alice.password(), "the new password")));
  CHECK(others.wait_close() == 4502);
  CHECK(problem(refresh(other.refresh_token())) == "401 unauthenticated");
  own.settle();
  CHECK(refresh(alice.refresh_token()).status == 200);
  CHECK(log_in(node(), alice.user(), alice.password()).status == 401);
  CHECK(log_in(node(), alice.user(), "the new password").status == 200);
}

TEST_CASE("a wrong old password changes nothing") {
  const auto alice = register_account(node(), "alice");
  const auto answer = change_password(alice, "guess", "the new password");
  CHECK((problem(answer) == "401 unauthenticated"
         || problem(answer) == "403 forbidden"));
  CHECK(log_in(node(), alice.user(), alice.password()).status == 200);
}

TEST_CASE("tokens that are forged, expired or missing are unauthenticated") {
  server_process hasty(overrides{{"auth.access_ttl", "1s"}});
  const auto alice = register_account(hasty, "alice");
  const auto bob = register_account(hasty, "bob");
  CHECK(eventually(
      [&] { return problem(alice.get("/v1/me")) == "401 unauthenticated"; }));
  for (const auto& token :
       {std::string(), std::string("x"), bob.refresh_token(),
        with_subject(bob.token(), alice.user()),
        hs256_token("guessed", claims_for(alice.user())),
        unsigned_token(claims_for(alice.user()))}) {
    CAPTURE(token);
    http_request request;
    request.target = "/v1/me";
    request.token = token;
    CHECK(problem(fetch(hasty.where(), request)) == "401 unauthenticated");
  }
}

TEST_CASE("accounts, logins and tokens survive a restart") {
  server_process mine;
  const auto alice = register_account(mine, "alice");
  mine.kill();
  mine.restart();
  CHECK(alice.get("/v1/me").status == 200);
  CHECK(log_in(mine, alice.user(), alice.password()).status == 200);
  CHECK(refresh(alice.refresh_token(), mine).status == 200);
}

TEST_CASE("the token secret is made at the first start, for the owner only") {
  namespace fs = std::filesystem;
  const auto secret = node().data_dir() / "token.key";
  REQUIRE(fs::exists(secret));
  CHECK((fs::status(secret).permissions() & fs::perms::mask)
        == (fs::perms::owner_read | fs::perms::owner_write));
}

} // namespace
} // namespace parley::test
