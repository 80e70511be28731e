#include "e2e/shared_node.hpp"
#include "support/doctest.hpp"

namespace parley::test {
namespace {

struct group_of_three {
  group_of_three()
      : alice(register_account(node(), "alice")),
        bob(register_account(node(), "bob")),
        carol(register_account(node(), "carol")),
        group(create_group(alice, {bob, carol})) {}

  void remove(const account& whom) const {
    CHECK(
        succeeded(alice.remove(group_path(group, "/members/" + whom.user()))));
  }

  void add(const account& whom) const {
    CHECK(succeeded(alice.post(group_path(group, "/members"),
                               json::object{{"users", names({whom})}})));
  }

  account alice;
  account bob;
  account carol;
  std::string group;
};

TEST_CASE("the one who is removed is told, and of nothing after it (I7)") {
  const group_of_three at;
  auto phone = at.carol.open();
  auto sender = at.alice.open();
  sender.say(at.group, "while carol is there");
  at.remove(at.carol);
  CHECK(includes(phone.wait_for({{"t", "member"}}), {{"conv", at.group},
                                                     {"seq", 3},
                                                     {"from", at.alice.user()},
                                                     {"user", at.carol.user()},
                                                     {"change", "removed"}}));
  sender.say(at.group, "behind carol's back");
  sender.say(direct(at.alice, at.carol), "to carol");
  phone.wait_for({{"t", "msg"}, {"conv", direct(at.alice, at.carol)}});
  CHECK(phone.seen({{"conv", at.group}, {"seq", 4}}).empty());
}

TEST_CASE("a former member reads through the removal and no further, over "
          "both ways (I7)") {
  const group_of_three at;
  auto sender = at.alice.open();
  sender.say(at.group, "seen");
  at.remove(at.carol);
  for (int i = 0; i < 3; ++i)
    sender.say(at.group, "unseen");
  const std::vector<int64_t> readable{1, 2, 3};
  CHECK(numbers_of(whole_history(at.carol, at.group), "seq") == readable);
  auto phone = at.carol.open();
  const auto newest =
      phone.request({{"t", "history"}, {"conv", at.group}, {"limit", 3}});
  CHECK(numbers_of(objects_of(newest, "items"), "seq") == readable);
  const auto beyond =
      phone.request({{"t", "history"}, {"conv", at.group}, {"after", 3}});
  CHECK(objects_of(beyond, "items").empty());
  CHECK(field(beyond, "complete") == true);
}

TEST_CASE("a former member's list shows the conversation as left, and no "
          "newer last (I7)") {
  const group_of_three at;
  at.remove(at.carol);
  at.alice.open().say(at.group, "unseen");
  const auto row = listed(at.carol, at.group);
  CHECK(includes(row, {{"left", true}, {"last_seq", 2}}));
  CHECK(json::serialize(row).find("unseen") == std::string::npos);
}

TEST_CASE("a former member may not act, nor be told of later changes to what "
          "they read (I7)") {
  const group_of_three at;
  auto phone = at.carol.open();
  auto sender = at.alice.open();
  const auto own = phone.say(at.group, "carol's own");
  const auto other = sender.say(at.group, "original");
  at.remove(at.carol);
  sender.request({{"t", "edit"},
                  {"conv", at.group},
                  {"seq", other},
                  {"body", "changed later"}});
  for (const auto& act :
       {json::object{{"t", "edit"}, {"seq", own}, {"body", "x"}},
        json::object{
            {"t", "react"}, {"seq", other}, {"emoji", "x"}, {"on", true}},
        json::object{{"t", "send"}, {"cid", "c"}, {"body", "x"}}}) {
    CAPTURE(act);
    CHECK(error_code(phone.request(with(act, {{"conv", at.group}})))
          == "forbidden");
  }
  CHECK(phone.seen({{"t", "edited"}}).empty());
}

TEST_CASE("a former member sees no members any more") {
  const group_of_three at;
  at.remove(at.carol);
  const auto answer = at.carol.get(conversation_path(at.group));
  if (answer.status == 200)
    CHECK(objects_of(answer.object(), "members").empty());
  else
    CHECK((answer.status == 403 || answer.status == 404));
}

TEST_CASE("those who come back read everything from seq 1, also what was said "
          "meanwhile") {
  const group_of_three at;
  auto sender = at.alice.open();
  at.remove(at.carol);
  sender.say(at.group, "meanwhile");
  auto phone = at.carol.open();
  at.add(at.carol);
  CHECK(number_of(phone.wait_for({{"t", "member"}, {"change", "added"}}), "seq")
        == 4);
  CHECK(numbers_of(whole_history(at.carol, at.group), "seq")
        == std::vector<int64_t>{1, 2, 3, 4});
  sender.say(at.group, "welcome back");
  CHECK(text_of(phone.wait_for({{"t", "msg"}}), "body") == "welcome back");
  CHECK(phone.seen({{"seq", 3}}).empty());
  CHECK_FALSE(listed(at.carol, at.group).contains("left"));
}

TEST_CASE("whoever was away reads on resume up to the removal (I4, I7)") {
  const group_of_three at;
  {
    auto phone = at.carol.open({.since = 0});
    phone.wait_for({{"conv", at.group}, {"seq", 1}});
    phone.settle();
    phone.close();
  }
  auto sender = at.alice.open();
  sender.say(at.group, "one");
  at.remove(at.carol);
  sender.say(at.group, "two");
  sender.say(direct(at.alice, at.carol), "the end");
  auto phone = at.carol.open();
  phone.wait_for({{"conv", direct(at.alice, at.carol)}});
  CHECK(numbers_of(phone.seen({{"conv", at.group}}), "seq")
        == std::vector<int64_t>{2, 3});
}

TEST_CASE("a stranger cannot tell a group from one that does not exist (I7)") {
  const group_of_three at;
  const auto stranger = register_account(node(), "stranger");
  const std::string nothing = "g:01HZX3V5M2Q4R6S8T0W2Y4Z6A8";
  auto phone = stranger.open();
  const auto said = [&](const std::string& conv) {
    auto reply = phone.request({{"t", "history"}, {"conv", conv}});
    reply.erase("id");
    const auto all =
        json::serialize(reply) + stranger.get(conversation_path(conv)).body
        + stranger.get(conversation_path(conv, "/messages")).body
        + stranger.patch(group_path(conv), json::object{{"name", "x"}}).body;
    return replaced(replaced(all, conv, "CONV"), percent_encoded(conv), "CONV");
  };
  CHECK(said(at.group) == said(nothing));
}

} // namespace
} // namespace parley::test
