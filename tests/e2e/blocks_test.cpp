#include "e2e/pair_of_users.hpp"
#include "support/doctest.hpp"

namespace parley::test {
namespace {

http_response block(const account& by, const account& whom) {
  return by.put("/v1/blocks/" + whom.user());
}

http_response unblock(const account& by, const account& whom) {
  return by.remove("/v1/blocks/" + whom.user());
}

json::object message_to(const std::string& conv) {
  return {
      {"t", "send"}, {"cid", fresh_cid()}, {"conv", conv}, {"body", "hello"}};
}

TEST_CASE("the list of blocks shows whom one blocks, and nobody else's") {
  const pair_of_users we;
  CHECK(block(we.alice, we.bob).status == 204);
  CHECK(we.alice.get("/v1/blocks").object()
        == json::object{{"users", json::array{we.bob.user()}}});
  CHECK(we.bob.get("/v1/blocks").object()
        == json::object{{"users", json::array{}}});
  CHECK(unblock(we.alice, we.bob).status == 204);
  CHECK(we.alice.get("/v1/blocks").object()
        == json::object{{"users", json::array{}}});
}

TEST_CASE("blocking and unblocking twice is as once") {
  const pair_of_users we;
  CHECK(block(we.alice, we.bob).status == 204);
  CHECK(block(we.alice, we.bob).status == 204);
  CHECK(unblock(we.alice, we.bob).status == 204);
  CHECK(unblock(we.alice, we.bob).status == 204);
  CHECK(text_of(we.bob.open().request(message_to(we.conv)), "t") == "ack");
}

TEST_CASE("nobody who does not exist can be blocked") {
  const auto alice = register_account(node(), "alice");
  CHECK(problem(alice.put("/v1/blocks/nobody")) == "404 not_found");
}

TEST_CASE("a block stops direct messages in both directions before it is "
          "answered") {
  const pair_of_users we;
  auto alice = we.alice.open();
  auto bob = we.bob.open();
  alice.say(we.conv, "before");
  for (int round = 0; round < 10; ++round) {
    CHECK(block(we.alice, we.bob).status == 204);
    CHECK(error_code(bob.request(message_to(we.conv))) == "forbidden");
    CHECK(error_code(alice.request(message_to(we.conv))) == "forbidden");
    CHECK(unblock(we.alice, we.bob).status == 204);
    CHECK(text_of(bob.request(message_to(we.conv)), "t") == "ack");
    CHECK(text_of(alice.request(message_to(we.conv)), "t") == "ack");
  }
}

TEST_CASE("a block before the first message stops it too") {
  const pair_of_users we;
  block(we.alice, we.bob);
  auto bob = we.bob.open();
  CHECK(error_code(bob.request({{"t", "send"},
                                {"cid", "c"},
                                {"to", we.alice.user()},
                                {"body", "hello"}}))
        == "forbidden");
  unblock(we.alice, we.bob);
  CHECK(bob.say(we.conv, "now") == 1);
}

TEST_CASE("while both block, one unblocking changes nothing") {
  const pair_of_users we;
  block(we.alice, we.bob);
  block(we.bob, we.alice);
  unblock(we.alice, we.bob);
  CHECK(error_code(we.bob.open().request(message_to(we.conv))) == "forbidden");
  unblock(we.bob, we.alice);
  CHECK(text_of(we.bob.open().request(message_to(we.conv)), "t") == "ack");
}

TEST_CASE("a block stops edits and reactions in the direct conversation, and "
          "not reading it") {
  const pair_of_users we;
  auto bob = we.bob.open();
  bob.say(we.conv, "mine");
  block(we.alice, we.bob);
  CHECK(error_code(bob.request(
            {{"t", "edit"}, {"conv", we.conv}, {"seq", 1}, {"body", "x"}}))
        == "forbidden");
  CHECK(error_code(bob.request({{"t", "react"},
                                {"conv", we.conv},
                                {"seq", 1},
                                {"emoji", "x"},
                                {"on", true}}))
        == "forbidden");
  CHECK(whole_history(we.bob, we.conv).size() == 1);
}

TEST_CASE("a block does not reach into groups") {
  const pair_of_users we;
  const auto group = create_group(we.alice, {we.bob});
  block(we.alice, we.bob);
  auto phone = we.alice.open();
  we.bob.open().say(group, "still here");
  CHECK(text_of(phone.wait_for({{"t", "msg"}}), "body") == "still here");
}

TEST_CASE("nobody can add a user who blocks them") {
  const pair_of_users we;
  block(we.bob, we.alice);
  CHECK(problem(we.alice.post(
            "/v1/groups",
            json::object{{"name", "trap"}, {"members", names({we.bob})}}))
        == "403 forbidden");
  const auto group = create_group(we.alice, {});
  CHECK(problem(we.alice.post(group_path(group, "/members"),
                              json::object{{"users", names({we.bob})}}))
        == "403 forbidden");
  CHECK(listed(we.bob, group).empty());
}

TEST_CASE("whoever blocks a user may still be added by others") {
  const pair_of_users we;
  const auto carol = register_account(node(), "carol");
  block(we.bob, we.alice);
  const auto group = create_group(carol, {we.alice, we.bob});
  CHECK(whole_history(we.bob, group).size() == 1);
}

TEST_CASE("a block survives a restart") {
  server_process mine;
  const pair_of_users we(mine);
  we.bob.open().say(we.conv, "before");
  block(we.alice, we.bob);
  mine.kill();
  mine.restart();
  CHECK(error_code(we.bob.open().request(message_to(we.conv))) == "forbidden");
}

} // namespace
} // namespace parley::test
