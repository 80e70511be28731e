#include "e2e/pair_of_users.hpp"
#include "support/doctest.hpp"

namespace parley::test {
namespace {

std::vector<json::object> list_of(session& from,
                                  const json::object& bounds = {}) {
  return objects_of(from.request(with({{"t", "conversations"}}, bounds)),
                    "items");
}

json::object row_of(session& from, const std::string& conv) {
  return find(list_of(from), {{"conv", conv}});
}

TEST_CASE("a user without conversations has an empty list") {
  auto phone = register_account(node(), "alice").open();
  const auto reply = phone.request({{"t", "conversations"}});
  CHECK(text_of(reply, "t") == "conversations");
  CHECK(objects_of(reply, "items").empty());
  CHECK_FALSE(reply.contains("cursor"));
}

TEST_CASE("a row shows the last item, the counters and the group's name") {
  const pair_of_users we;
  auto phone = we.bob.open();
  auto sender = we.alice.open();
  const auto group = create_group(we.alice, {we.bob}, "The Club");
  sender.say(group, "first");
  sender.say(group, "second");
  phone.wait_for({{"t", "msg"}, {"seq", 3}});
  const auto row = row_of(phone, group);
  CHECK(includes(row, {{"conv", group},
                       {"name", "The Club"},
                       {"last_seq", 3},
                       {"read_seq", 0},
                       {"unread", 2}}));
  CHECK(includes(object_of(row, "last"),
                 {{"t", "msg"}, {"seq", 3}, {"body", "second"}}));
  CHECK(field(row, "last_ts") == field(object_of(row, "last"), "ts"));
  CHECK_FALSE(row.contains("left"));
  CHECK_FALSE(row.contains("muted"));
}

/// Says something at a later millisecond than `ts`. @returns which.
int64_t say_after(int64_t ts, session& from, const std::string& conv) {
  for (;;) {
    const auto ack = from.request({{"t", "send"},
                                   {"cid", fresh_cid()},
                                   {"conv", conv},
                                   {"body", "hello"}});
    if (number_of(ack, "ts") > ts)
      return number_of(ack, "ts");
  }
}

TEST_CASE("the newest message's conversation comes first") {
  const auto alice = register_account(node(), "alice");
  const auto others = register_accounts(node(), "other", 3);
  auto phone = alice.on("phone");
  auto tablet = alice.on("tablet");
  int64_t ts = 0;
  for (size_t i : {0, 1, 2, 0}) {
    const auto conv = direct(alice, others[i]);
    ts = say_after(ts, phone, conv);
    tablet.wait_for({{"t", "msg"}, {"conv", conv}, {"ts", ts}});
  }
  CHECK(texts_of(list_of(tablet), "conv")
        == std::vector<std::string>{direct(alice, others[0]),
                                    direct(alice, others[2]),
                                    direct(alice, others[1])});
}

TEST_CASE("the list is paged by limit and cursor") {
  const auto alice = register_account(node(), "alice");
  auto phone = alice.on("phone");
  auto tablet = alice.on("tablet");
  for (const auto& other : register_accounts(node(), "other", 7)) {
    phone.say(direct(alice, other), "hello");
    tablet.wait_for({{"t", "msg"}, {"conv", direct(alice, other)}});
  }
  const auto all = texts_of(list_of(tablet), "conv");
  CHECK(all.size() == 7);
  std::vector<std::string> paged;
  json::object bounds{{"limit", 3}};
  for (size_t expected : {3, 3, 1}) {
    const auto reply = tablet.request(with({{"t", "conversations"}}, bounds));
    const auto convs = texts_of(objects_of(reply, "items"), "conv");
    CHECK(convs.size() == expected);
    paged.insert(paged.end(), convs.begin(), convs.end());
    if (expected == 3)
      bounds["cursor"] = field(reply, "cursor");
    else
      CHECK_FALSE(reply.contains("cursor"));
  }
  CHECK(paged == all);
}

TEST_CASE("a cursor that was made up is bad_request") {
  auto phone = register_account(node(), "alice").open();
  for (const auto& cursor : {json::value("made up"), json::value(7)})
    CHECK(
        error_code(phone.request({{"t", "conversations"}, {"cursor", cursor}}))
        == "bad_request");
}

TEST_CASE("last is cut to 200 code points") {
  const pair_of_users we;
  auto phone = we.bob.open();
  we.alice.open().say(we.conv, repeated("\xF0\x9F\x98\x80", 300));
  phone.wait_for({{"t", "msg"}});
  const auto shown = text_of(object_of(row_of(phone, we.conv), "last"), "body");
  CHECK(shown.starts_with(repeated("\xF0\x9F\x98\x80", 190)));
  CHECK(shown.size() <= 4 * 200);
}

TEST_CASE("unread counts the others' messages past read_seq, and nothing "
          "else") {
  const pair_of_users we;
  auto alice = we.alice.open();
  auto phone = we.bob.on("phone");
  auto tablet = we.bob.on("tablet");
  for (const auto* body : {"one", "two", "three"})
    alice.say(we.conv, body);
  phone.say(we.conv, "mine");
  alice.request(
      {{"t", "edit"}, {"conv", we.conv}, {"seq", 1}, {"body", "edited"}});
  tablet.wait_for({{"t", "edited"}});
  phone.wait_for({{"t", "edited"}});
  CHECK(includes(row_of(phone, we.conv), {{"last_seq", 5}}));
  phone.send({{"t", "read"}, {"conv", we.conv}, {"seq", 1}});
  tablet.wait_for({{"t", "read"}, {"seq", 1}});
  INFO("at first: ", row_of(phone, we.conv));
  CHECK(eventually([&] {
    return includes(row_of(phone, we.conv), {{"read_seq", 1}, {"unread", 2}});
  }));
  phone.send({{"t", "read"}, {"conv", we.conv}, {"seq", 5}});
  tablet.wait_for({{"t", "read"}, {"seq", 5}});
  CHECK(eventually([&] {
    return includes(row_of(phone, we.conv), {{"read_seq", 5}, {"unread", 0}});
  }));
}

TEST_CASE("the sender's own messages are not unread") {
  const pair_of_users we;
  auto phone = we.alice.on("phone");
  auto tablet = we.alice.on("tablet");
  phone.say(we.conv, "one");
  tablet.wait_for({{"t", "msg"}});
  CHECK(includes(row_of(tablet, we.conv), {{"unread", 0}, {"last_seq", 1}}));
}

TEST_CASE("a muted conversation says so until it is unmuted") {
  const pair_of_users we;
  auto phone = we.bob.open();
  we.alice.open().say(we.conv, "hello");
  phone.wait_for({{"t", "msg"}});
  const auto path = conversation_path(we.conv, "/settings");
  CHECK(succeeded(
      we.bob.put(path, json::object{{"muted_until", 4'102'444'800'000}})));
  CHECK(row_of(phone, we.conv).contains("muted"));
  CHECK_FALSE(listed(we.alice, we.conv).contains("muted"));
  CHECK(succeeded(we.bob.put(path, json::object{{"muted_until", nullptr}})));
  CHECK_FALSE(row_of(phone, we.conv).contains("muted"));
}

TEST_CASE("the list survives a crash") {
  server_process mine;
  const pair_of_users we(mine);
  {
    auto phone = we.bob.open();
    we.alice.open().say(we.conv, "hello");
    phone.wait_for({{"t", "msg"}});
  }
  mine.kill();
  mine.restart();
  auto phone = we.bob.open();
  CHECK(eventually([&] {
    return includes(row_of(phone, we.conv), {{"last_seq", 1}, {"unread", 1}});
  }));
}

} // namespace
} // namespace parley::test
