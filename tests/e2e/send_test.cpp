#include "e2e/pair_of_users.hpp"
#include "support/doctest.hpp"

namespace parley::test {
namespace {

json::object message(const std::string& conv, const std::string& body) {
  return {{"t", "send"}, {"cid", fresh_cid()}, {"conv", conv}, {"body", body}};
}

TEST_CASE("send to a user is acknowledged and reaches the user") {
  const pair_of_users we;
  auto phone = we.bob.open();
  auto sender = we.alice.open();
  const auto ack = sender.request(
      {{"t", "send"}, {"cid", "c1"}, {"to", we.bob.user()}, {"body", "hello"}});
  CHECK(includes(ack,
                 {{"t", "ack"}, {"cid", "c1"}, {"conv", we.conv}, {"seq", 1}}));
  CHECK_FALSE(ack.contains("dup"));
  const auto event = phone.wait_for({{"t", "msg"}});
  CHECK(includes(event, {{"conv", we.conv},
                         {"seq", 1},
                         {"from", we.alice.user()},
                         {"cid", "c1"},
                         {"body", "hello"},
                         {"ts", field(ack, "ts")}}));
  CHECK(number_of(event, "useq") > 0);
  CHECK_FALSE(event.contains("reply_to"));
}

TEST_CASE("send to the conversation is the same as send to the user") {
  const pair_of_users we;
  auto sender = we.alice.open();
  CHECK(sender.say(we.conv, "one") == 1);
  const auto ack = sender.request(
      {{"t", "send"}, {"cid", "c1"}, {"to", we.bob.user()}, {"body", "two"}});
  CHECK(includes(ack, {{"conv", we.conv}, {"seq", 2}}));
}

TEST_CASE("notes to oneself have the same user twice") {
  const auto alice = register_account(node(), "alice");
  auto phone = alice.on("phone");
  auto tablet = alice.on("tablet");
  const auto ack = phone.request({{"t", "send"},
                                  {"cid", "c1"},
                                  {"to", alice.user()},
                                  {"body", "remember"}});
  CHECK(text_of(ack, "conv") == "dm:" + alice.user() + ":" + alice.user());
  CHECK(text_of(tablet.wait_for({{"t", "msg"}}), "body") == "remember");
}

TEST_CASE("seq is gapless from 1, whoever sends (I2)") {
  const pair_of_users we;
  auto alice = we.alice.open();
  auto bob = we.bob.open();
  for (int64_t seq = 1; seq <= 20; seq += 2) {
    CHECK(alice.say(we.conv, "ping") == seq);
    CHECK(bob.say(we.conv, "pong") == seq + 1);
  }
}

TEST_CASE("one session's sends to one conversation keep their order (I2)") {
  const pair_of_users we;
  auto sender = we.alice.open();
  std::vector<int64_t> ids;
  for (int i = 0; i < 100; ++i)
    ids.push_back(sender.start(message(we.conv, std::to_string(i))));
  for (size_t i = 0; i < ids.size(); ++i)
    CHECK(number_of(sender.reply_to(ids[i]), "seq")
          == static_cast<int64_t>(i) + 1);
  const auto history = whole_history(we.bob, we.conv);
  for (size_t i = 0; i < history.size(); ++i)
    CHECK(text_of(history[i], "body") == std::to_string(i));
}

TEST_CASE("sends in one array keep their order") {
  const pair_of_users we;
  auto sender = we.alice.open();
  json::array requests;
  for (int i = 0; i < 10; ++i)
    requests.push_back(
        with(message(we.conv, std::to_string(i)), {{"id", 100 + i}}));
  sender.send_array(requests);
  for (int i = 0; i < 10; ++i)
    CHECK(number_of(sender.reply_to(100 + i), "seq") == i + 1);
}

TEST_CASE("the sender's other sessions get the msg; the ack stands for it at "
          "the session that sent it") {
  const pair_of_users we;
  auto phone = we.alice.on("phone");
  auto tablet = we.alice.on("tablet");
  phone.say(we.conv, "mine");
  CHECK(includes(tablet.wait_for({{"t", "msg"}}),
                 {{"from", we.alice.user()}, {"body", "mine"}}));
  we.bob.open().say(we.conv, "yours");
  phone.wait_for({{"t", "msg"}, {"seq", 2}});
  CHECK(phone.seen({{"t", "msg"}, {"seq", 1}}).empty());
}

TEST_CASE("no later durable event comes before the ack") {
  const pair_of_users we;
  auto phone = we.alice.open();
  auto other = we.bob.open();
  for (int round = 0; round < 50; ++round) {
    const auto mine = phone.start(message(we.conv, "mine"));
    const auto theirs = other.start(message(we.conv, "theirs"));
    phone.reply_to(mine);
    other.reply_to(theirs);
  }
  phone.await([&] { return phone.events().size() == 50; });
  const auto own = numbers_of(phone.seen({{"t", "ack"}}), "seq");
  int64_t acknowledged = 0;
  for (const auto& object : phone.transcript()) {
    const auto type = text_of(object, "t");
    if (type == "ack")
      acknowledged = number_of(object, "seq");
    if (type == "msg")
      for (auto seq : own)
        CHECK((seq <= acknowledged || seq > number_of(object, "seq")));
  }
}

TEST_CASE("reply_to is kept in the event and in the history") {
  const pair_of_users we;
  auto phone = we.bob.open();
  auto sender = we.alice.open();
  sender.say(we.conv, "question");
  CHECK(text_of(
            sender.request(with(message(we.conv, "answer"), {{"reply_to", 1}})),
            "t")
        == "ack");
  CHECK(number_of(phone.wait_for({{"seq", 2}}), "reply_to") == 1);
  CHECK(number_of(whole_history(we.bob, we.conv).at(1), "reply_to") == 1);
}

TEST_CASE("bodies of 1 and of 100,000 code points arrive as they were sent") {
  const pair_of_users we;
  auto phone = we.bob.open();
  auto sender = we.alice.open();
  for (const auto& body :
       {std::string("x"), repeated("x", 100'000),
        repeated("\xF0\x9F\x98\x80", 100'000), repeated("\x01", 100'000),
        std::string(" \t\r\n\"\\/\x7F\xC2\x85\xE2\x80\xA8\xEF\xBF\xBD"),
        std::string("e\xCC\x81 \xF0\x9F\x91\xA9\xE2\x80\x8D")}) {
    const auto seq = sender.say(we.conv, body);
    CHECK(text_of(phone.wait_for({{"seq", seq}}), "body") == body);
    phone.settle();
  }
}

TEST_CASE("a body over 100,000 code points is too_large") {
  const pair_of_users we;
  auto sender = we.alice.open();
  for (const auto* unit : {"x", "\xF0\x9F\x98\x80"})
    CHECK(error_code(sender.request(message(we.conv, repeated(unit, 100'001))))
          == "too_large");
  CHECK(sender.say(we.conv, "goes on") == 1);
}

TEST_CASE("an empty body and one with U+0000 are bad_request") {
  const pair_of_users we;
  auto sender = we.alice.open();
  CHECK(error_code(sender.request(message(we.conv, ""))) == "bad_request");
  CHECK(error_code(sender.request(message(we.conv, std::string("a\0b", 3))))
        == "bad_request");
}

TEST_CASE("a conversation that one is not in, or that does not exist, is "
          "not_found") {
  const pair_of_users we;
  const auto carol = register_account(node(), "carol");
  auto phone = carol.open();
  we.alice.open().say(we.conv, "private");
  const auto group = create_group(we.alice, {we.bob});
  for (const auto& conv :
       {we.conv, group, std::string("g:01HZX3V5M2Q4R6S8T0W2Y4Z6A8"),
        "dm:" + carol.user() + ":nobody", std::string("dm:nobody:somebody")}) {
    CAPTURE(conv);
    CHECK(error_code(phone.request(message(conv, "let me in"))) == "not_found");
  }
  CHECK(error_code(phone.request(
            {{"t", "send"}, {"cid", "c"}, {"to", "nobody"}, {"body", "hi"}}))
        == "not_found");
}

TEST_CASE("the users of a direct conversation stand in byte order only") {
  const pair_of_users we;
  auto sender = we.alice.open();
  sender.say(we.conv, "right");
  const auto wrong = "dm:" + we.bob.user() + ":" + we.alice.user();
  const auto code = error_code(sender.request(message(wrong, "wrong")));
  CHECK((code == "not_found" || code == "bad_request"));
  CHECK(whole_history(we.bob, we.conv).size() == 1);
}

} // namespace
} // namespace parley::test
