#include "e2e/pair_of_users.hpp"
#include "support/doctest.hpp"

// The requests read, recv and typing, and the events read, delivered and
// typing.

namespace parley::test {
namespace {

struct talk : pair_of_users {
  explicit talk(int64_t count) : sender(alice.open()) {
    for (int64_t i = 0; i < count; ++i)
      sender.say(conv, "x");
  }

  json::object read_to(int64_t seq) const {
    return {{"t", "read"}, {"conv", conv}, {"seq", seq}};
  }

  session sender;
};

TEST_CASE("read tells the other member and one's own other devices") {
  talk we(3);
  auto phone = we.bob.on("phone");
  auto tablet = we.bob.on("tablet");
  phone.send(we.read_to(2));
  for (auto* device : {&we.sender, &tablet})
    CHECK(includes(device->wait_for({{"t", "read"}}),
                   {{"conv", we.conv}, {"user", we.bob.user()}, {"seq", 2}}));
  CHECK(number_of(member_of(we.alice, we.conv, we.bob), "read_seq") == 2);
}

TEST_CASE("read only goes forward") {
  talk we(3);
  auto phone = we.bob.open();
  phone.send(we.read_to(2));
  we.sender.wait_for({{"t", "read"}, {"seq", 2}});
  phone.send(we.read_to(1));
  phone.say(we.conv, "behind the older read");
  CHECK(number_of(member_of(we.alice, we.conv, we.bob), "read_seq") == 2);
  phone.send(we.read_to(3));
  we.sender.wait_for({{"t", "read"}, {"seq", 3}});
  CHECK(we.sender.seen({{"t", "read"}, {"seq", 1}}).empty());
}

TEST_CASE("read is clamped to the last seq") {
  talk we(3);
  auto phone = we.bob.open();
  phone.send(we.read_to(1'000'000));
  CHECK(number_of(we.sender.wait_for({{"t", "read"}}), "seq") == 3);
  CHECK(number_of(member_of(we.alice, we.conv, we.bob), "read_seq") == 3);
}

TEST_CASE("cursors come merged to the newest, at most one a second") {
  talk we(50);
  auto phone = we.bob.open();
  for (int64_t seq = 1; seq <= 50; ++seq)
    phone.send(we.read_to(seq));
  we.sender.wait_for({{"t", "read"}, {"seq", 50}});
  CHECK(we.sender.seen({{"t", "read"}}).size() <= 3);
}

TEST_CASE("delivered tells the sender that the message reached a device") {
  talk we(1);
  auto phone = we.bob.open({.device = "phone", .acknowledges = false});
  we.sender.say(we.conv, "two");
  phone.wait_for({{"t", "msg"}, {"seq", 2}});
  phone.acknowledge();
  CHECK(includes(we.sender.wait_for({{"t", "delivered"}}),
                 {{"conv", we.conv}, {"user", we.bob.user()}, {"seq", 2}}));
  CHECK(number_of(member_of(we.alice, we.conv, we.bob), "delivered_seq") == 2);
}

TEST_CASE("cursors survive a restart") {
  server_process mine;
  const pair_of_users we(mine);
  {
    auto sender = we.alice.open();
    auto phone = we.bob.open();
    sender.say(we.conv, "hello");
    phone.wait_for({{"t", "msg"}});
    phone.send({{"t", "read"}, {"conv", we.conv}, {"seq", 1}});
    sender.wait_for({{"t", "read"}});
  }
  CHECK(mine.terminate() == 0);
  mine.restart();
  CHECK(number_of(member_of(we.alice, we.conv, we.bob), "read_seq") == 1);
}

TEST_CASE("in groups over 16 cursors and deliveries are only asked for") {
  const auto alice = register_account(node(), "alice");
  const auto bob = register_account(node(), "bob");
  auto many = register_accounts(node(), "member", 15);
  many.push_back(bob);
  const auto group = create_group(alice, many);
  auto watcher = alice.open();
  auto phone = bob.on("phone");
  watcher.say(group, "to 17");
  phone.wait_for({{"t", "msg"}, {"conv", group}});
  phone.send({{"t", "read"}, {"conv", group}, {"seq", 2}});
  phone.say(direct(alice, bob), "to one");
  watcher.say(direct(alice, bob), "back");
  phone.send({{"t", "read"}, {"conv", direct(alice, bob)}, {"seq", 2}});
  watcher.wait_for({{"t", "read"}, {"conv", direct(alice, bob)}});
  CHECK(watcher.seen({{"t", "read"}, {"conv", group}}).empty());
  CHECK(watcher.seen({{"t", "delivered"}, {"conv", group}}).empty());
  CHECK(number_of(member_of(alice, group, bob), "read_seq") == 2);
}

TEST_CASE("in groups of 16 cursors are sent") {
  const auto alice = register_account(node(), "alice");
  const auto others = register_accounts(node(), "member", 15);
  const auto group = create_group(alice, others);
  auto watcher = alice.open();
  auto phone = others[0].open();
  phone.send({{"t", "read"}, {"conv", group}, {"seq", 1}});
  CHECK(text_of(watcher.wait_for({{"t", "read"}, {"conv", group}}), "user")
        == others[0].user());
}

TEST_CASE("typing tells the other members and nobody else") {
  talk we(1);
  auto stranger = register_account(node(), "carol").open();
  auto phone = we.bob.on("phone");
  phone.send({{"t", "typing"}, {"conv", we.conv}});
  CHECK(includes(we.sender.wait_for({{"t", "typing"}}),
                 {{"conv", we.conv}, {"user", we.bob.user()}}));
  stranger.settle();
  CHECK(stranger.seen({{"t", "typing"}}).empty());
  phone.settle();
  CHECK(phone.seen({{"t", "typing"}}).empty());
}

TEST_CASE("typing is passed on at most once every 2 s") {
  talk we(1);
  auto phone = we.bob.open();
  phone.send({{"t", "typing"}, {"conv", we.conv}});
  we.sender.wait_for({{"t", "typing"}});
  for (int i = 0; i < 5; ++i)
    phone.send({{"t", "typing"}, {"conv", we.conv}});
  phone.say(we.conv, "done typing");
  we.sender.wait_for({{"t", "msg"}});
  we.sender.settle();
  CHECK(we.sender.seen({{"t", "typing"}}).size() == 1);
}

TEST_CASE("a stranger's read and typing reach nobody") {
  talk we(1);
  auto stranger = register_account(node(), "carol").open();
  stranger.send(we.read_to(1));
  stranger.send({{"t", "typing"}, {"conv", we.conv}});
  stranger.settle();
  auto phone = we.bob.open();
  phone.send({{"t", "typing"}, {"conv", we.conv}});
  we.sender.wait_for({{"t", "typing"}, {"user", we.bob.user()}});
  CHECK(we.sender.seen({{"t", "typing"}}).size() == 1);
  CHECK(we.sender.seen({{"t", "read"}}).empty());
}

} // namespace
} // namespace parley::test
