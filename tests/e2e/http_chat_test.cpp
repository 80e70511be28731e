#include "e2e/pair_of_users.hpp"
#include "support/doctest.hpp"

// What is as over the WebSocket, over HTTP.

namespace parley::test {
namespace {

json::object message(const std::string& cid, const std::string& body) {
  return {{"cid", cid}, {"body", body}};
}

TEST_CASE("a bot's send is 201, its repeat 200 with dup, and reaches sessions "
          "(I3)") {
  const pair_of_users we;
  auto phone = we.bob.open();
  auto tablet = we.alice.open();
  const auto target = conversation_path(we.conv, "/messages");
  const auto first = we.alice.post(target, message("c1", "beep"));
  CHECK(first.status == 201);
  CHECK(includes(first.object(), {{"conv", we.conv}, {"seq", 1}}));
  CHECK_FALSE(first.object().contains("dup"));
  const auto again = we.alice.post(target, message("c1", "beep"));
  CHECK(again.status == 200);
  CHECK(includes(again.object(), {{"seq", 1}, {"dup", true}}));
  for (auto* device : {&phone, &tablet})
    CHECK(includes(device->wait_for({{"t", "msg"}}),
                   {{"from", we.alice.user()}, {"body", "beep"}}));
  CHECK(problem(we.alice.post(target, message("c1", "boop")))
        == "409 cid_conflict");
}

TEST_CASE("a cid is one and the same over both ways (I3)") {
  const pair_of_users we;
  auto phone = we.alice.open();
  phone.request(
      {{"t", "send"}, {"cid", "c1"}, {"conv", we.conv}, {"body", "hello"}});
  const auto answer = we.alice.post(conversation_path(we.conv, "/messages"),
                                    message("c1", "hello"));
  CHECK(answer.status == 200);
  CHECK(field(answer.object(), "dup") == true);
}

TEST_CASE("a bot's reply_to is kept") {
  const pair_of_users we;
  we.bob.open().say(we.conv, "question");
  we.alice.post(conversation_path(we.conv, "/messages"),
                with(message("c1", "answer"), {{"reply_to", 1}}));
  CHECK(number_of(whole_history(we.bob, we.conv).at(1), "reply_to") == 1);
}

TEST_CASE("the conversation stands in the path encoded or not") {
  const pair_of_users we;
  we.alice.open().say(we.conv, "hello");
  for (const auto& conv :
       {we.conv, percent_encoded(we.conv), replaced(we.conv, ":", "%3a")}) {
    CAPTURE(conv);
    const auto answer = we.bob.get("/v1/conversations/" + conv);
    CHECK(answer.status == 200);
    CHECK(text_of(answer.object(), "conv") == we.conv);
  }
}

TEST_CASE("history over HTTP is the history over the WebSocket") {
  const pair_of_users we;
  auto phone = we.alice.open();
  for (int i = 0; i < 60; ++i)
    phone.say(we.conv, std::to_string(i));
  const std::vector<std::pair<std::string, json::object>> pages{
      {"", {}},
      {"?limit=10", {{"limit", 10}}},
      {"?before=20", {{"before", 20}}},
      {"?after=30&limit=5", {{"after", 30}, {"limit", 5}}},
      {"?after=1&before=5", {{"after", 1}, {"before", 5}}}};
  for (const auto& [query, bounds] : pages) {
    CAPTURE(query);
    const auto over_http =
        we.alice.get(conversation_path(we.conv, "/messages" + query)).object();
    const auto over_ws =
        phone.request(with({{"t", "history"}, {"conv", we.conv}}, bounds));
    CHECK(field(over_http, "items") == field(over_ws, "items"));
    CHECK(field(over_http, "complete") == field(over_ws, "complete"));
  }
}

TEST_CASE("bounds out of range are bad_request") {
  const pair_of_users we;
  we.alice.open().say(we.conv, "hello");
  for (const auto* query : {"?before=x", "?after=-1", "?limit=1.5", "?limit=0",
                            "?before=99999999999999999999"}) {
    CAPTURE(query);
    CHECK(problem(we.alice.get(
              conversation_path(we.conv, "/messages" + std::string(query))))
          == "400 bad_request");
  }
}

TEST_CASE("the list over HTTP is the list over the WebSocket") {
  const auto alice = register_account(node(), "alice");
  auto phone = alice.on("phone");
  auto tablet = alice.on("tablet");
  for (const auto& other : register_accounts(node(), "other", 3)) {
    phone.say(direct(alice, other), "hello");
    tablet.wait_for({{"t", "msg"}, {"conv", direct(alice, other)}});
  }
  const auto over_ws = tablet.request({{"t", "conversations"}});
  CHECK(field(alice.get("/v1/conversations").object(), "items")
        == field(over_ws, "items"));
  const auto page = alice.get("/v1/conversations?limit=2").object();
  CHECK(objects_of(page, "items").size() == 2);
  const auto rest = alice
                        .get("/v1/conversations?limit=2&cursor="
                             + percent_encoded(text_of(page, "cursor")))
                        .object();
  CHECK(objects_of(rest, "items").size() == 1);
}

TEST_CASE("one conversation shows its members and their cursors") {
  const pair_of_users we;
  we.alice.open().say(we.conv, "hello");
  const auto shown = we.bob.get(conversation_path(we.conv)).object();
  CHECK(includes(shown, {{"conv", we.conv}, {"last_seq", 1}}));
  CHECK(objects_of(shown, "members").size() == 2);
  CHECK(includes(member_of(we.bob, we.conv, we.bob),
                 {{"read_seq", 0}, {"delivered_seq", 0}}));
}

TEST_CASE("settings are one's own, and need a conversation and a time") {
  const pair_of_users we;
  we.alice.open().say(we.conv, "hello");
  const auto target = conversation_path(we.conv, "/settings");
  CHECK(succeeded(we.alice.put(target, json::object{})));
  CHECK(problem(we.alice.put(target, json::object{{"muted_until", "later"}}))
        == "400 bad_request");
  CHECK(problem(register_account(node(), "carol")
                    .put(target, json::object{{"muted_until", 1}}))
        == "404 not_found");
}

} // namespace
} // namespace parley::test
