#include "e2e/shared_node.hpp"
#include "support/doctest.hpp"

namespace parley::test {
namespace {

/// The profiles of an answer, whether it is a list or an object with one.
std::vector<json::object> profiles(const http_response& answer) {
  const auto value = answer.value();
  return value.is_array() ? answer.list()
                          : objects_of(value.as_object(), "users");
}

TEST_CASE("me shows the user's own profile") {
  const auto alice = register_account(node(), "alice");
  const auto me = alice.get("/v1/me").object();
  CHECK(text_of(me, "user") == alice.user());
  CHECK(me.contains("display_name"));
  CHECK(me.contains("about"));
  CHECK(number_of(me, "created") > 1'600'000'000'000);
}

TEST_CASE("display_name and about change one by one, and others see them") {
  const auto alice = register_account(node(), "alice");
  const auto bob = register_account(node(), "bob");
  CHECK(succeeded(alice.patch(
      "/v1/me", json::object{{"display_name", "A. \xE2\x9C\x93"}})));
  CHECK(succeeded(alice.patch("/v1/me", json::object{{"about", "here"}})));
  const json::object expected{{"user", alice.user()},
                              {"display_name", "A. \xE2\x9C\x93"},
                              {"about", "here"}};
  CHECK(includes(alice.get("/v1/me").object(), expected));
  CHECK(includes(bob.get("/v1/users/" + alice.user()).object(), expected));
}

TEST_CASE("a profile field of the wrong type or far too long is bad_request") {
  const auto alice = register_account(node(), "alice");
  for (const auto& patch : {json::object{{"display_name", 7}},
                            json::object{{"about", json::array{}}}})
    CHECK(problem(alice.patch("/v1/me", patch)) == "400 bad_request");
  CHECK_FALSE(succeeded(alice.patch(
      "/v1/me", json::object{{"display_name", repeated("x", 100'000)}})));
}

TEST_CASE("a user who does not exist is not_found") {
  const auto alice = register_account(node(), "alice");
  CHECK(problem(alice.get("/v1/users/nobody")) == "404 not_found");
}

TEST_CASE("what is no user name is not_found or bad_request") {
  const auto alice = register_account(node(), "alice");
  for (const auto* name : {"No%20Name", "%00", "%2e%2e"}) {
    CAPTURE(name);
    const auto said = problem(alice.get("/v1/users/" + std::string(name)));
    CHECK((said == "404 not_found" || said == "400 bad_request"));
  }
}

TEST_CASE("ids gives the profiles of those who exist") {
  const auto alice = register_account(node(), "alice");
  const auto bob = register_account(node(), "bob");
  const auto found = profiles(alice.get("/v1/users?ids=" + alice.user() + ","
                                        + bob.user() + ",nobody"));
  CHECK(found.size() == 2);
  CHECK_FALSE(find(found, {{"user", alice.user()}}).empty());
  CHECK_FALSE(find(found, {{"user", bob.user()}}).empty());
}

TEST_CASE("prefix finds users of that beginning, 20 at most") {
  const auto alice = register_account(node(), "alice");
  const auto crowd = register_accounts(node(), "zz-crowd", 25);
  CHECK(profiles(alice.get("/v1/users?prefix=zz-crowd")).size() == 20);
  const auto& last = crowd.back().user();
  CHECK(texts_of(profiles(alice.get("/v1/users?prefix=" + last)), "user")
        == std::vector<std::string>{last});
  CHECK(profiles(alice.get("/v1/users?prefix=zz-nobody")).empty());
}

TEST_CASE("a prefix of one character is bad_request") {
  const auto alice = register_account(node(), "alice");
  CHECK(problem(alice.get("/v1/users?prefix=z")) == "400 bad_request");
  CHECK(problem(alice.get("/v1/users?prefix=")) == "400 bad_request");
}

TEST_CASE("search by prefix can be switched off, profiles cannot") {
  server_process discreet(overrides{{"http.user_search", false}});
  const auto alice = register_account(discreet, "alice");
  CHECK_FALSE(succeeded(alice.get("/v1/users?prefix=alice")));
  CHECK(succeeded(alice.get("/v1/users/" + alice.user())));
}

} // namespace
} // namespace parley::test
