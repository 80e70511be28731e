#include "e2e/pair_of_users.hpp"
#include "support/doctest.hpp"

namespace parley::test {
namespace {

const std::string thumb = "\xF0\x9F\x91\x8D";

json::object edit(const std::string& conv, int64_t seq,
                  const std::string& body) {
  return {{"t", "edit"}, {"conv", conv}, {"seq", seq}, {"body", body}};
}

json::object deletion(const std::string& conv, int64_t seq) {
  return {{"t", "delete"}, {"conv", conv}, {"seq", seq}};
}

json::object reaction(const std::string& conv, int64_t seq,
                      const std::string& emoji, bool on = true) {
  return {{"t", "react"},
          {"conv", conv},
          {"seq", seq},
          {"emoji", emoji},
          {"on", on}};
}

/// A message of alice's that bob and alice's tablet have.
struct one_message : pair_of_users {
  one_message()
      : sender(alice.on("phone")),
        tablet(alice.on("tablet")),
        reader(bob.open()) {
    sender.say(conv, "original");
    reader.wait_for({{"t", "msg"}});
    tablet.wait_for({{"t", "msg"}});
  }

  json::object shown(size_t index = 0) const {
    return whole_history(bob, conv).at(index);
  }

  session sender;
  session tablet;
  session reader;
};

TEST_CASE("edit is an entry with a seq of its own, and everyone hears of it") {
  one_message at;
  const auto ack = at.sender.request(edit(at.conv, 1, "better"));
  CHECK(includes(ack, {{"t", "ack"}, {"conv", at.conv}, {"seq", 2}}));
  for (auto* device : {&at.reader, &at.tablet}) {
    const auto event = device->wait_for({{"t", "edited"}});
    CHECK(includes(event, {{"conv", at.conv},
                           {"seq", 2},
                           {"ts", field(ack, "ts")},
                           {"from", at.alice.user()},
                           {"ref", 1},
                           {"body", "better"}}));
    CHECK(event.contains("useq"));
  }
}

TEST_CASE("an edited message shows its newest body and edited_ts, the edits "
          "their own") {
  one_message at;
  at.sender.request(edit(at.conv, 1, "second"));
  const auto last = at.sender.request(edit(at.conv, 1, "third"));
  const auto message = at.shown();
  CHECK(includes(message, {{"t", "msg"}, {"seq", 1}, {"body", "third"}}));
  CHECK(field(message, "edited_ts") == field(last, "ts"));
  CHECK(includes(at.shown(1), {{"t", "edited"}, {"seq", 2}, {"ref", 1}}));
  CHECK(
      includes(at.shown(2), {{"t", "edited"}, {"seq", 3}, {"body", "third"}}));
}

TEST_CASE("only the sender may edit, in a group too") {
  one_message at;
  CHECK(error_code(at.reader.request(edit(at.conv, 1, "mine now")))
        == "forbidden");
  const auto group = create_group(at.alice, {at.bob});
  at.reader.say(group, "bob's");
  CHECK(error_code(at.sender.request(edit(group, 2, "the owner's")))
        == "forbidden");
}

TEST_CASE("edit of what does not exist is not_found") {
  one_message at;
  CHECK(error_code(at.sender.request(edit(at.conv, 99, "x"))) == "not_found");
  CHECK(error_code(at.sender.request(edit("dm:nobody:somebody", 1, "x")))
        == "not_found");
}

TEST_CASE("an edit is bound by the limits of a body") {
  one_message at;
  CHECK(error_code(at.sender.request(edit(at.conv, 1, ""))) == "bad_request");
  CHECK(error_code(at.sender.request(edit(at.conv, 1, repeated("x", 100'001))))
        == "too_large");
}

TEST_CASE("delete leaves a tombstone and takes the bodies, of edits too") {
  one_message at;
  at.sender.request(edit(at.conv, 1, "better"));
  const auto ack = at.sender.request(deletion(at.conv, 1));
  CHECK(includes(ack, {{"t", "ack"}, {"conv", at.conv}, {"seq", 3}}));
  CHECK_FALSE(ack.contains("dup"));
  for (auto* device : {&at.reader, &at.tablet})
    CHECK(includes(device->wait_for({{"t", "deleted"}}),
                   {{"conv", at.conv},
                    {"seq", 3},
                    {"from", at.alice.user()},
                    {"ref", 1}}));
  CHECK(includes(at.shown(), {{"t", "msg"}, {"seq", 1}, {"deleted", true}}));
  CHECK_FALSE(at.shown().contains("body"));
  CHECK(includes(at.shown(1), {{"t", "edited"}, {"seq", 2}}));
  CHECK_FALSE(at.shown(1).contains("body"));
  CHECK(includes(at.shown(2), {{"t", "deleted"}, {"seq", 3}, {"ref", 1}}));
}

TEST_CASE("delete again gives the first deletion's seq with dup") {
  one_message at;
  at.sender.request(deletion(at.conv, 1));
  at.sender.say(at.conv, "in between");
  CHECK(includes(at.sender.request(deletion(at.conv, 1)),
                 {{"t", "ack"}, {"seq", 2}, {"dup", true}}));
  CHECK(includes(at.tablet.request(deletion(at.conv, 1)),
                 {{"t", "ack"}, {"seq", 2}, {"dup", true}}));
}

TEST_CASE("only the sender may delete in a direct conversation") {
  one_message at;
  CHECK(error_code(at.reader.request(deletion(at.conv, 1))) == "forbidden");
  CHECK(text_of(at.shown(), "body") == "original");
}

TEST_CASE("delete of what does not exist is not_found") {
  one_message at;
  CHECK(error_code(at.sender.request(deletion(at.conv, 99))) == "not_found");
}

TEST_CASE("what is deleted can be neither edited nor reacted to") {
  one_message at;
  at.sender.request(deletion(at.conv, 1));
  CHECK(text_of(at.sender.request(edit(at.conv, 1, "again")), "t") == "error");
  CHECK(text_of(at.reader.request(reaction(at.conv, 1, thumb)), "t")
        == "error");
}

TEST_CASE("react is an entry, and everyone hears of it") {
  one_message at;
  const auto ack = at.reader.request(reaction(at.conv, 1, thumb));
  CHECK(includes(ack, {{"t", "ack"}, {"conv", at.conv}, {"seq", 2}}));
  for (auto* device : {&at.sender, &at.tablet})
    CHECK(
        includes(device->wait_for({{"t", "reacted"}}), {{"conv", at.conv},
                                                        {"seq", 2},
                                                        {"from", at.bob.user()},
                                                        {"ref", 1},
                                                        {"emoji", thumb},
                                                        {"on", true}}));
}

TEST_CASE("the message's reactions map each emoji to its users") {
  one_message at;
  at.reader.request(reaction(at.conv, 1, thumb));
  at.sender.request(reaction(at.conv, 1, thumb));
  at.sender.request(reaction(at.conv, 1, "+1"));
  const auto reactions = object_of(at.shown(), "reactions");
  CHECK(field(reactions, thumb).as_array().size() == 2);
  CHECK(field(reactions, "+1") == json::array{at.alice.user()});
  at.sender.request(reaction(at.conv, 1, "+1", false));
  at.sender.request(reaction(at.conv, 1, thumb, false));
  CHECK(object_of(at.shown(), "reactions")
        == json::object{{thumb, json::array{at.bob.user()}}});
  CHECK(includes(at.shown(4), {{"t", "reacted"}, {"on", false}}));
}

TEST_CASE("a reaction that changes nothing is dup and makes no entry") {
  one_message at;
  CHECK(field(at.reader.request(reaction(at.conv, 1, thumb, false)), "dup")
        == true);
  const auto first = at.reader.request(reaction(at.conv, 1, thumb));
  const auto again = at.reader.request(reaction(at.conv, 1, thumb));
  CHECK(includes(again, {{"seq", field(first, "seq")},
                         {"ts", field(first, "ts")},
                         {"dup", true}}));
  CHECK(whole_history(at.bob, at.conv).size() == 2);
}

TEST_CASE("an emoji is 1 to 16 code points without space or control") {
  one_message at;
  for (const auto& good : {std::string("x"), repeated("\xF0\x9F\x98\x80", 16),
                           std::string(":+1:")})
    CHECK(text_of(at.reader.request(reaction(at.conv, 1, good)), "t") == "ack");
  for (const auto& bad : {std::string(), repeated("x", 17), std::string("a b"),
                          std::string("a\n"), std::string("\x7F"),
                          std::string("a\xC2\xA0"), std::string("\xC2\x85")}) {
    CAPTURE(bad);
    CHECK(error_code(at.reader.request(reaction(at.conv, 1, bad)))
          == "bad_request");
  }
}

TEST_CASE("a message has at most 20 kinds of reactions") {
  one_message at;
  for (int i = 0; i < 20; ++i)
    CHECK(text_of(
              at.reader.request(reaction(at.conv, 1, "e" + std::to_string(i))),
              "t")
          == "ack");
  CHECK(text_of(at.reader.request(reaction(at.conv, 1, "one too many")), "t")
        == "error");
  CHECK(text_of(at.sender.request(reaction(at.conv, 1, "e0")), "t") == "ack");
  at.reader.request(reaction(at.conv, 1, "e1", false));
  CHECK(text_of(at.sender.request(reaction(at.conv, 1, "e20")), "t") == "ack");
}

TEST_CASE("acts on what one cannot see are not_found") {
  one_message at;
  auto stranger = register_account(node(), "carol").open();
  for (const auto& act : {edit(at.conv, 1, "x"), deletion(at.conv, 1),
                          reaction(at.conv, 1, thumb)})
    CHECK(error_code(stranger.request(act)) == "not_found");
}

TEST_CASE("acts keep seq gapless and are read by everyone alike (I2)") {
  one_message at;
  at.sender.request(edit(at.conv, 1, "better"));
  at.reader.request(reaction(at.conv, 1, thumb));
  at.sender.say(at.conv, "second");
  at.sender.request(deletion(at.conv, 4));
  const auto alices = whole_history(at.alice, at.conv);
  CHECK(numbers_of(alices, "seq") == std::vector<int64_t>{1, 2, 3, 4, 5});
  CHECK(alices == whole_history(at.bob, at.conv));
}

} // namespace
} // namespace parley::test
