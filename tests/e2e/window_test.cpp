#include "e2e/shared_node.hpp"
#include "support/doctest.hpp"

namespace parley::test {
namespace {

const int64_t window_events = 256;

/// Bob has a device that never acknowledges by itself and one that does, which
/// tells when everything was delivered.
struct watched_inbox {
  explicit watched_inbox(server_process& on)
      : alice(register_account(on, "alice")),
        bob(register_account(on, "bob")),
        conv(direct(alice, bob)),
        sender(alice.open()),
        slow(bob.open({.device = "slow", .acknowledges = false})),
        quick(bob.on("quick")) {}

  /// Sends so many messages and waits until the quick device has them.
  void fill_without_slow(int64_t count, const std::string& body = "x") {
    int64_t last = 0;
    for (int64_t i = 0; i < count; ++i)
      last = sender.say(conv, body);
    quick.wait_for({{"t", "msg"}, {"seq", last}});
  }

  /// The same, and reads what the slow device was sent.
  void fill(int64_t count, const std::string& body = "x") {
    fill_without_slow(count, body);
    slow.settle();
  }

  account alice;
  account bob;
  std::string conv;
  session sender;
  session slow;
  session quick;
};

TEST_CASE("a session gets 256 events beyond its recv, and the rest after it "
          "(I8)") {
  watched_inbox inbox(node());
  inbox.fill(window_events + 44);
  CHECK(inbox.slow.events().size() == window_events);
  inbox.slow.acknowledge();
  inbox.slow.wait_for({{"t", "msg"}, {"seq", window_events + 44}});
  const auto all = numbers_of(inbox.slow.events(), "seq");
  REQUIRE(all.size() == window_events + 44);
  for (size_t i = 0; i < all.size(); ++i)
    CHECK(all[i] == static_cast<int64_t>(i) + 1);
}

TEST_CASE("each recv opens the window by as much as it acknowledges") {
  watched_inbox inbox(node());
  inbox.fill(window_events + 10);
  const auto fifth = inbox.slow.events()[4];
  inbox.slow.send({{"t", "recv"}, {"useq", number_of(fifth, "useq")}});
  inbox.slow.wait_for({{"t", "msg"}, {"seq", window_events + 5}});
  inbox.slow.settle();
  CHECK(inbox.slow.events().size() == window_events + 5);
}

TEST_CASE("a resume stops at the window, and caught_up waits for its end") {
  watched_inbox inbox(node());
  inbox.fill(window_events + 10);
  auto late = inbox.bob.open({.device = "late",
                              .since = 0,
                              .acknowledges = false,
                              .catches_up = false});
  late.wait_for({{"t", "msg"}, {"seq", window_events}});
  late.settle();
  CHECK(late.events().size() == window_events);
  CHECK(late.seen({{"t", "caught_up"}}).empty());
  late.acknowledge();
  late.wait_for({{"t", "caught_up"}});
  CHECK(late.events().size() == window_events + 10);
}

TEST_CASE("a session gets 2 MiB of events beyond its recv (I8)") {
  watched_inbox inbox(node());
  const auto body = repeated("\xF0\x9F\x98\x80", 100'000);
  inbox.fill(8, body);
  size_t bytes = 0;
  for (const auto& event : inbox.slow.events())
    bytes += json::serialize(event).size();
  CHECK(bytes <= 2 * 1024 * 1024);
  CHECK(inbox.slow.events().size() == 5);
  inbox.slow.acknowledge();
  inbox.slow.wait_for({{"t", "msg"}, {"seq", 8}});
}

TEST_CASE("recv is clamped to what the session was sent") {
  watched_inbox inbox(node());
  inbox.fill(1);
  inbox.slow.send({{"t", "recv"}, {"useq", int64_t{1} << 50}});
  inbox.slow.settle();
  inbox.slow.close();
  inbox.fill_without_slow(2);
  auto again = inbox.bob.on("slow");
  CHECK(numbers_of(again.events(), "seq") == std::vector<int64_t>{2, 3});
}

TEST_CASE("recv goes forward only") {
  watched_inbox inbox(node());
  inbox.fill(3);
  const auto events = inbox.slow.events();
  for (size_t i : {1, 0})
    inbox.slow.send({{"t", "recv"}, {"useq", number_of(events[i], "useq")}});
  inbox.slow.settle();
  inbox.slow.close();
  auto again = inbox.bob.on("slow");
  CHECK(numbers_of(again.events(), "seq") == std::vector<int64_t>{3});
}

TEST_CASE("4008: no recv in time with a full window") {
  server_process impatient(overrides{{"http.window_timeout", "500ms"}});
  watched_inbox inbox(impatient);
  inbox.fill_without_slow(window_events + 1);
  CHECK(inbox.slow.wait_close() == 4008);
  CHECK(inbox.slow.events().size() == window_events);
  inbox.quick.settle();
}

TEST_CASE("a session that never acknowledges is left alone while its window "
          "is not full") {
  server_process impatient(overrides{{"http.window_timeout", "300ms"}});
  watched_inbox inbox(impatient);
  inbox.fill(window_events - 1);
  watched_inbox other(impatient);
  other.fill_without_slow(window_events + 1);
  CHECK(other.slow.wait_close() == 4008);
  inbox.slow.settle();
}

TEST_CASE("a session whose window is full still sends and gets replies") {
  watched_inbox inbox(node());
  inbox.fill(window_events + 1);
  inbox.slow.say(inbox.conv, "still here");
  CHECK(text_of(inbox.slow.request({{"t", "conversations"}}), "t")
        == "conversations");
}

} // namespace
} // namespace parley::test
