#include "e2e/pair_of_users.hpp"
#include "support/doctest.hpp"

// Each row of the contract's error codes over HTTP. group_full is in
// groups_test, rate_limited and unavailable are in rates_test, internal is in
// damaged_store_test.

namespace parley::test {
namespace {

http_response send_raw(const account& user, const std::string& conv,
                       const std::string& body) {
  http_request request{.method = "POST",
                       .target = conversation_path(conv, "/messages"),
                       .body = body,
                       .token = user.token()};
  return fetch(node().where(), request);
}

struct talk : pair_of_users {
  talk() { alice.open().say(conv, "hello"); }

  std::string answer_to(const json::object& body) const {
    return problem(alice.post(conversation_path(conv, "/messages"), body));
  }
};

TEST_CASE("400: what is not JSON, or not an object") {
  const talk we;
  for (const auto* body : {"{", "nonsense", "[]", "7", "\"x\"", "{} {}",
                           "{\"cid\":\"c\",\"body\":\"\xFF\"}"}) {
    CAPTURE(body);
    const auto said = problem(send_raw(we.alice, we.conv, body));
    CHECK((said == "400 bad_frame" || said == "400 bad_request"));
  }
}

TEST_CASE("400 bad_request: fields missing, mistyped or out of range") {
  const talk we;
  for (const auto& body :
       {json::object{}, json::object{{"cid", "c"}}, json::object{{"body", "x"}},
        json::object{{"cid", 1}, {"body", "x"}},
        json::object{{"cid", "c"}, {"body", 1}},
        json::object{{"cid", "c"}, {"body", ""}},
        json::object{{"cid", "c d"}, {"body", "x"}},
        json::object{{"cid", "c"}, {"body", "x"}, {"reply_to", -1}}}) {
    CAPTURE(body);
    CHECK(we.answer_to(body) == "400 bad_request");
  }
}

TEST_CASE("401 unauthenticated: without a token nothing of one's own is "
          "reached") {
  for (const auto* target :
       {"/v1/me", "/v1/conversations", "/v1/conversations/dm%3Aa%3Ab",
        "/v1/users/alice", "/v1/users?prefix=al", "/v1/presence?users=a",
        "/v1/blocks", "/v1/devices"}) {
    CAPTURE(target);
    CHECK(problem(get(node(), target)) == "401 unauthenticated");
  }
  CHECK(problem(post(node(), "/v1/groups",
                     json::object{{"name", "x"}, {"members", json::array{}}}))
        == "401 unauthenticated");
}

TEST_CASE("401 unauthenticated: another scheme than Bearer") {
  http_request request{.target = "/v1/me"};
  request.headers = {{"Authorization", "Basic YTpi"}};
  CHECK(problem(fetch(node().where(), request)) == "401 unauthenticated");
}

TEST_CASE("403 forbidden: a block between the two") {
  const talk we;
  we.bob.put("/v1/blocks/" + we.alice.user());
  CHECK(we.answer_to({{"cid", "c"}, {"body", "x"}}) == "403 forbidden");
}

TEST_CASE("404 not_found: no such conversation, or not for oneself") {
  const talk we;
  const auto carol = register_account(node(), "carol");
  for (const auto& conv :
       {we.conv, std::string("g:01HZX3V5M2Q4R6S8T0W2Y4Z6A8")}) {
    CAPTURE(conv);
    CHECK(problem(carol.get(conversation_path(conv))) == "404 not_found");
    CHECK(problem(carol.get(conversation_path(conv, "/messages")))
          == "404 not_found");
    CHECK(problem(carol.post(conversation_path(conv, "/messages"),
                             json::object{{"cid", "c"}, {"body", "x"}}))
          == "404 not_found");
  }
}

TEST_CASE("404 not_found: no such path") {
  const talk we;
  for (const auto* target : {"/v1", "/v1/nothing", "/v2/me", "/v1/me/more",
                             "/v1/conversations/a/b/c"}) {
    CAPTURE(target);
    CHECK(problem(we.alice.get(target)) == "404 not_found");
  }
}

TEST_CASE("a method that a path does not know is refused with a problem") {
  const talk we;
  for (const auto* method : {"DELETE", "PUT", "BREW"}) {
    CAPTURE(method);
    http_request request{
        .method = method, .target = "/v1/me", .token = we.alice.token()};
    const auto answer = fetch(node().where(), request);
    CHECK(
        (answer.status == 404 || answer.status == 405 || answer.status == 400));
    CHECK(
        answer.header("content-type").starts_with("application/problem+json"));
  }
}

TEST_CASE("409 cid_conflict and 409 conflict") {
  const talk we;
  we.answer_to({{"cid", "c"}, {"body", "one"}});
  CHECK(we.answer_to({{"cid", "c"}, {"body", "two"}}) == "409 cid_conflict");
  CHECK(problem(post(node(), "/v1/register",
                     json::object{{"user", we.alice.user()},
                                  {"password", "the password"}}))
        == "409 conflict");
}

TEST_CASE("413 too_large: a body over 100,000 code points") {
  const talk we;
  CHECK(we.answer_to({{"cid", "c"}, {"body", repeated("x", 100'001)}})
        == "413 too_large");
  CHECK(we.alice
            .post(conversation_path(we.conv, "/messages"),
                  json::object{{"cid", "c"},
                               {"body", repeated("\xF0\x9F\x98\x80", 100'000)}})
            .status
        == 201);
}

TEST_CASE("413 too_large: a request over the limit") {
  const talk we;
  CHECK(problem(send_raw(we.alice, we.conv, repeated(" ", 8 << 20)))
        == "413 too_large");
}

} // namespace
} // namespace parley::test
