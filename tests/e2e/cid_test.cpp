#include "e2e/pair_of_users.hpp"
#include "support/doctest.hpp"

namespace parley::test {
namespace {

json::object with_cid(const std::string& conv, const std::string& cid,
                      const std::string& body = "hello") {
  return {{"t", "send"}, {"cid", cid}, {"conv", conv}, {"body", body}};
}

TEST_CASE("a repeated cid gets the same seq with dup (I3)") {
  const pair_of_users we;
  auto sender = we.alice.open();
  const auto first = sender.request(with_cid(we.conv, "c1"));
  sender.say(we.conv, "in between");
  const auto again = sender.request(with_cid(we.conv, "c1"));
  CHECK(includes(again, {{"t", "ack"},
                         {"cid", "c1"},
                         {"conv", we.conv},
                         {"seq", field(first, "seq")},
                         {"ts", field(first, "ts")},
                         {"dup", true}}));
  CHECK(whole_history(we.bob, we.conv).size() == 2);
}

TEST_CASE("a repeat before the first ack waits for that commit (I3)") {
  const pair_of_users we;
  auto sender = we.alice.open();
  std::vector<int64_t> ids;
  for (int i = 0; i < 20; ++i)
    ids.push_back(sender.start(with_cid(we.conv, "c1")));
  for (auto id : ids)
    CHECK(number_of(sender.reply_to(id), "seq") == 1);
  CHECK(whole_history(we.bob, we.conv).size() == 1);
}

TEST_CASE("two devices that send one cid at once make one message (I3)") {
  const pair_of_users we;
  auto phone = we.alice.on("phone");
  auto tablet = we.alice.on("tablet");
  for (int i = 0; i < 20; ++i) {
    const auto cid = fresh_cid();
    const auto one = phone.start(with_cid(we.conv, cid));
    const auto other = tablet.start(with_cid(we.conv, cid));
    CHECK(number_of(phone.reply_to(one), "seq")
          == number_of(tablet.reply_to(other), "seq"));
  }
  CHECK(whole_history(we.bob, we.conv).size() == 20);
}

TEST_CASE("a cid again with another body is cid_conflict") {
  const pair_of_users we;
  auto sender = we.alice.open();
  sender.request(with_cid(we.conv, "c1", "one"));
  const auto reply = sender.request(with_cid(we.conv, "c1", "two"));
  CHECK(error_code(reply) == "cid_conflict");
  CHECK(field(reply, "retryable") == false);
  CHECK(includes(sender.request(with_cid(we.conv, "c1", "one")),
                 {{"seq", 1}, {"dup", true}}));
}

TEST_CASE("a cid of a send used for another act is cid_conflict") {
  const pair_of_users we;
  auto sender = we.alice.open();
  sender.request(with_cid(we.conv, "c1"));
  CHECK(error_code(sender.request({{"t", "edit"},
                                   {"cid", "c1"},
                                   {"conv", we.conv},
                                   {"seq", 1},
                                   {"body", "new"}}))
        == "cid_conflict");
}

TEST_CASE("cids are separate for each sender and each conversation") {
  const pair_of_users we;
  const auto group = create_group(we.alice, {we.bob});
  auto alice = we.alice.open();
  auto bob = we.bob.open();
  CHECK(number_of(alice.request(with_cid(we.conv, "c1", "a")), "seq") == 1);
  CHECK(number_of(bob.request(with_cid(we.conv, "c1", "b")), "seq") == 2);
  const auto third = alice.request(with_cid(group, "c1", "c"));
  CHECK(includes(third, {{"t", "ack"}, {"seq", 2}}));
  CHECK_FALSE(third.contains("dup"));
}

TEST_CASE("cids of 1 and of 64 characters are taken, others are bad_request") {
  const pair_of_users we;
  auto sender = we.alice.open();
  for (const auto& good :
       {std::string("x"), repeated("9", 64), std::string("A-Z.a_z")})
    CHECK(text_of(sender.request(with_cid(we.conv, good)), "t") == "ack");
  for (const auto& bad : {std::string(), repeated("x", 65), std::string("a b"),
                          std::string("\xC3\xA9"), std::string("a/b")}) {
    CAPTURE(bad);
    CHECK(error_code(sender.request(with_cid(we.conv, bad))) == "bad_request");
  }
  CHECK(error_code(sender.request(
            {{"t", "send"}, {"conv", we.conv}, {"body", "without"}}))
        == "bad_request");
}

TEST_CASE("the sender who left, or was removed, still gets dup (I3)") {
  const pair_of_users we;
  const auto group = create_group(we.alice, {we.bob});
  auto sender = we.bob.open();
  const auto first = sender.request(with_cid(group, "c1"));
  CHECK(succeeded(
      we.alice.remove(group_path(group, "/members/" + we.bob.user()))));
  CHECK(includes(sender.request(with_cid(group, "c1")),
                 {{"t", "ack"}, {"seq", field(first, "seq")}, {"dup", true}}));
  CHECK(error_code(sender.request(with_cid(group, "c2"))) == "forbidden");
}

TEST_CASE("the sender who was blocked still gets dup (I3)") {
  const pair_of_users we;
  auto sender = we.bob.open();
  sender.request(with_cid(we.conv, "c1"));
  CHECK(we.alice.put("/v1/blocks/" + we.bob.user()).status == 204);
  CHECK(includes(sender.request(with_cid(we.conv, "c1")),
                 {{"t", "ack"}, {"seq", 1}, {"dup", true}}));
  CHECK(error_code(sender.request(with_cid(we.conv, "c2"))) == "forbidden");
}

TEST_CASE("the dedupe outlives edits and deletion, by the original body (I3)") {
  const pair_of_users we;
  auto sender = we.alice.open();
  sender.request(with_cid(we.conv, "c1", "original"));
  sender.request(
      {{"t", "edit"}, {"conv", we.conv}, {"seq", 1}, {"body", "edited"}});
  CHECK(includes(sender.request(with_cid(we.conv, "c1", "original")),
                 {{"seq", 1}, {"dup", true}}));
  CHECK(error_code(sender.request(with_cid(we.conv, "c1", "edited")))
        == "cid_conflict");
  sender.request({{"t", "delete"}, {"conv", we.conv}, {"seq", 1}});
  CHECK(includes(sender.request(with_cid(we.conv, "c1", "original")),
                 {{"seq", 1}, {"dup", true}}));
}

TEST_CASE("the dedupe outlives a restart (I3)") {
  server_process mine;
  const pair_of_users we(mine);
  we.alice.open().request(with_cid(we.conv, "c1"));
  mine.kill();
  mine.restart();
  CHECK(includes(we.alice.open().request(with_cid(we.conv, "c1")),
                 {{"seq", 1}, {"dup", true}}));
}

TEST_CASE("a repeated cid of an edit, a delete or a react gives its seq with "
          "dup (I3)") {
  const pair_of_users we;
  auto sender = we.alice.open();
  for (const auto* body : {"one", "two", "three"})
    sender.say(we.conv, body);
  const std::vector<json::object> acts{
      {{"t", "edit"},
       {"cid", "e"},
       {"conv", we.conv},
       {"seq", 1},
       {"body", "x"}},
      {{"t", "delete"}, {"cid", "d"}, {"conv", we.conv}, {"seq", 2}},
      {{"t", "react"},
       {"cid", "r"},
       {"conv", we.conv},
       {"seq", 3},
       {"emoji", "\xF0\x9F\x91\x8D"},
       {"on", true}}};
  for (const auto& act : acts) {
    CAPTURE(act);
    const auto first = sender.request(act);
    CHECK(text_of(first, "t") == "ack");
    CHECK_FALSE(first.contains("dup"));
    CHECK(includes(sender.request(act),
                   {{"seq", field(first, "seq")}, {"dup", true}}));
  }
}

} // namespace
} // namespace parley::test
