#include "e2e/pair_of_users.hpp"
#include "support/doctest.hpp"

namespace parley::test {
namespace {

/// The seqs of the messages that came in the conversation, in order.
std::vector<int64_t> seqs(const session& from, const std::string& conv) {
  return numbers_of(from.seen({{"t", "msg"}, {"conv", conv}}), "seq");
}

TEST_CASE("a device that is not known starts at the head") {
  const pair_of_users we;
  auto known = we.bob.on("known");
  we.alice.open().say(we.conv, "before");
  known.wait_for({{"t", "msg"}});
  auto phone = we.bob.on("new");
  CHECK(seqs(phone, we.conv).empty());
  we.alice.open().say(we.conv, "after");
  CHECK(number_of(phone.wait_for({{"t", "msg"}}), "seq") == 2);
}

TEST_CASE("without since a device goes on after what it acknowledged (I5)") {
  const pair_of_users we;
  auto sender = we.alice.open();
  {
    auto phone = we.bob.open({.device = "phone", .acknowledges = false});
    for (const auto* body : {"one", "two", "three"})
      sender.say(we.conv, body);
    const auto second = phone.wait_for({{"t", "msg"}, {"seq", 2}});
    phone.wait_for({{"t", "msg"}, {"seq", 3}});
    phone.send({{"t", "recv"}, {"useq", number_of(second, "useq")}});
    phone.settle();
  }
  sender.say(we.conv, "four");
  auto phone = we.bob.on("phone");
  CHECK(seqs(phone, we.conv) == std::vector<int64_t>{3, 4});
}

TEST_CASE("since is honoured for a known device and for an unknown one (I5)") {
  const pair_of_users we;
  auto sender = we.alice.open();
  auto phone = we.bob.on("phone");
  for (const auto* body : {"one", "two", "three"})
    sender.say(we.conv, body);
  phone.wait_for({{"t", "msg"}, {"seq", 3}});
  const auto events = phone.seen({{"t", "msg"}});
  for (size_t i = 0; i < events.size(); ++i)
    for (const auto* device : {"phone", "tablet"}) {
      CAPTURE(i);
      CAPTURE(device);
      auto again = we.bob.open(
          {.device = device, .since = number_of(events[i], "useq")});
      CHECK(again.events()
            == std::vector<json::object>(
                events.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                events.end()));
    }
}

TEST_CASE("since 0 gives the whole inbox, in order of useq") {
  const pair_of_users we;
  auto sender = we.alice.open();
  const auto group = create_group(we.alice, {we.bob});
  sender.say(we.conv, "one");
  sender.say(group, "two");
  sender.say(we.conv, "three");
  auto phone = we.bob.on("phone");
  CHECK(eventually([&] {
    return we.bob.open({.device = "probe", .since = 0}).events().size() == 4;
  }));
  auto all = we.bob.open({.device = "tablet", .since = 0}).events();
  CHECK(std::is_sorted(all.begin(), all.end(), [](auto& one, auto& other) {
    return number_of(one, "useq") < number_of(other, "useq");
  }));
  CHECK(texts_of(all, "t")
        == std::vector<std::string>{"group", "msg", "msg", "msg"});
}

TEST_CASE("caught_up comes after the last replayed event and names the head") {
  const pair_of_users we;
  auto watcher = we.bob.on("watcher");
  we.alice.open().say(we.conv, "hello");
  watcher.wait_for({{"t", "msg"}});
  auto phone = we.bob.open({.device = "phone", .since = 0});
  const auto& came = phone.transcript();
  CHECK(texts_of(came, "t")
        == std::vector<std::string>{"hello", "ready", "msg", "caught_up"});
  CHECK(number_of(came.back(), "useq") >= number_of(came[2], "useq"));
}

TEST_CASE("an event that is replayed shows its entry as history shows it now") {
  const pair_of_users we;
  auto sender = we.alice.open();
  sender.say(we.conv, "first body");
  sender.say(we.conv, "regretted");
  sender.request(
      {{"t", "edit"}, {"conv", we.conv}, {"seq", 1}, {"body", "new body"}});
  sender.request({{"t", "delete"}, {"conv", we.conv}, {"seq", 2}});
  CHECK(eventually([&] {
    return we.bob.open({.device = "probe", .since = 0}).events().size() == 4;
  }));
  const auto replayed = we.bob.open({.device = "phone", .since = 0}).events();
  CHECK(text_of(replayed[0], "body") == "new body");
  CHECK(includes(replayed[1], {{"t", "msg"}, {"deleted", true}}));
  CHECK_FALSE(replayed[1].contains("body"));
  const auto shown = whole_history(we.bob, we.conv);
  REQUIRE(shown.size() == replayed.size());
  for (size_t i = 0; i < shown.size(); ++i)
    CHECK(includes(replayed[i], shown[i]));
}

TEST_CASE("a since beyond anything given out resets with ahead and goes on "
          "live") {
  const pair_of_users we;
  auto phone = we.bob.open({.device = "phone", .since = 1'000'000'000});
  const auto reset = phone.wait_for({{"t", "reset"}});
  CHECK(text_of(reset, "reason") == "ahead");
  CHECK(number_of(reset, "useq") < 1'000'000'000);
  we.alice.open().say(we.conv, "hello");
  CHECK(number_of(phone.wait_for({{"t", "msg"}}), "useq")
        > number_of(reset, "useq"));
}

TEST_CASE("a since whose successors were trimmed resets with too_far and goes "
          "on live") {
  server_process forgetful(overrides{{"storage.inbox_days", 0},
                                     {"storage.inbox_rows", 10},
                                     {"limits.sends_per_s", 0},
                                     {"actors.passivate_after", "100ms"}});
  const pair_of_users we(forgetful);
  auto sender = we.alice.open();
  auto first = we.bob.on("first");
  sender.say(we.conv, "one");
  const auto early = number_of(first.wait_for({{"t", "msg"}}), "useq");
  std::optional<json::object> reset;
  int64_t sent = 1;
  CHECK(eventually([&] {
    for (int i = 0; i < 20; ++i)
      sent = sender.say(we.conv, "more");
    auto late = we.bob.open({.device = "late", .since = early});
    const auto resets = late.seen({{"t", "reset"}});
    if (resets.empty())
      return false;
    reset = resets[0];
    sender.say(we.conv, "after the reset");
    CHECK(text_of(late.wait_for({{"t", "msg"}}), "body") != "one");
    return true;
  }));
  REQUIRE(reset.has_value());
  CHECK(text_of(*reset, "reason") == "too_far");
  CHECK(number_of(*reset, "useq") > early);
  CHECK(whole_history(we.bob, we.conv).size() > static_cast<size_t>(sent));
}

TEST_CASE("the rows that an inbox keeps are replayed though others are "
          "trimmed") {
  server_process forgetful(
      overrides{{"storage.inbox_days", 0}, {"storage.inbox_rows", 10}});
  const pair_of_users we(forgetful);
  auto sender = we.alice.open();
  auto first = we.bob.on("first");
  for (int i = 0; i < 60; ++i)
    sender.say(we.conv, std::to_string(i));
  first.wait_for({{"t", "msg"}, {"seq", 60}});
  const auto events = first.seen({{"t", "msg"}});
  auto phone =
      we.bob.open({.device = "phone", .since = number_of(events[54], "useq")});
  CHECK(phone.events()
        == std::vector<json::object>(events.begin() + 55, events.end()));
}

TEST_CASE("a resume after a restart misses nothing (I5)") {
  server_process mine;
  const pair_of_users we(mine);
  auto before = we.bob.on("phone");
  {
    auto sender = we.alice.open();
    for (int i = 0; i < 5; ++i)
      sender.say(we.conv, std::to_string(i));
  }
  before.wait_for({{"t", "msg"}, {"seq", 5}});
  const auto events = before.seen({{"t", "msg"}});
  mine.kill();
  mine.restart();
  auto phone =
      we.bob.open({.device = "phone", .since = number_of(events[1], "useq")});
  phone.wait_for({{"t", "msg"}, {"seq", 5}});
  std::vector<int64_t> unique;
  for (auto seq : seqs(phone, we.conv))
    if (std::find(unique.begin(), unique.end(), seq) == unique.end())
      unique.push_back(seq);
  CHECK(unique == std::vector<int64_t>{3, 4, 5});
}

TEST_CASE("every device of every member gets every message (I4)") {
  const pair_of_users we;
  const auto group = create_group(we.alice, {we.bob});
  auto sender = we.alice.on("phone");
  auto own_tablet = we.alice.on("tablet");
  auto phone = we.bob.on("phone");
  auto tablet = we.bob.on("tablet");
  for (const auto& conv : {we.conv, group})
    for (const auto* body : {"one", "two"})
      sender.say(conv, body);
  for (auto* device : {&own_tablet, &phone, &tablet}) {
    device->wait_for({{"t", "msg"}, {"conv", group}, {"seq", 3}});
    CHECK(seqs(*device, we.conv) == std::vector<int64_t>{1, 2});
    CHECK(seqs(*device, group) == std::vector<int64_t>{2, 3});
  }
}

} // namespace
} // namespace parley::test
