#include "actors/fake_push.hpp"
#include "actors/pair_of_users.hpp"
#include "actors/stored.hpp"

#include "parley/history/push_rows.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace parley;
using namespace parley::test;
using std::chrono::seconds;

namespace {

const std::string endpoint = "https://push.example/bob";

/// Alice and bob, of whom bob has a browser that takes notifications.
struct away {
  std::shared_ptr<fake_push> push = std::make_shared<fake_push>();
  node n;
  client_ptr alice;

  explicit away(config::settings with = calm_settings())
      : n(std::move(with), push) {
    n.register_users({"alice", "bob", "cyd"});
    alice = n.connect("alice", "phone");
    n.done(n.subscribe("bob", endpoint, "laptop"));
  }

  /// Everything that was ever sent for bob has come to its end.
  void check_nothing_is_kept() {
    CHECK(stored_rows<history::push_mark_record>(n, history::record::push_mark)
          == 0);
    CHECK(waiting("bob").empty());
  }

  std::vector<history::push_record> waiting(const std::string& user) {
    return history::load_push(n.disk(), place_of(user, n.partitions()))
        .value()
        .waiting;
  }
};

config::settings with_text() {
  auto with = calm_settings();
  with.push.include_text = true;
  return with;
}

} // namespace

TEST_CASE("a message for a user without a session makes a notification at "
          "once") {
  away x;
  x.alice->post(direct, "hello");
  const auto sent = x.push->sent();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].what.user == "bob");
  CHECK(sent[0].what.conv == direct);
  CHECK(sent[0].what.title == "alice");
  CHECK(sent[0].what.body == "");
  CHECK(sent[0].what.badge == 1);
  REQUIRE(sent[0].to.has_value());
  CHECK(std::get<push::web_push_target>(*sent[0].to).endpoint == endpoint);
  x.n.run();
  x.check_nothing_is_kept();
}

TEST_CASE("a message that a session acknowledges in time makes none") {
  away x;
  auto bob = x.n.connect("bob", "laptop");
  for (int i = 0; i < 5; ++i) {
    x.alice->post(direct, "hello");
    x.n.advance(seconds{9});
    bob->heard();
    bob->acknowledge();
    x.n.run();
  }
  x.n.advance(seconds{60});
  CHECK(x.push->sent().empty());
  x.check_nothing_is_kept();
}

TEST_CASE("one that no session acknowledges makes one when the delay is over, "
          "and only then") {
  away x;
  auto bob = x.n.connect("bob", "laptop");
  x.alice->post(direct, "hello");
  x.n.advance(seconds{9});
  CHECK(x.push->sent().empty());
  x.n.advance(seconds{1});
  CHECK(x.push->sent().size() == 1);
  x.n.advance(seconds{300});
  CHECK(x.push->sent().empty());
  x.check_nothing_is_kept();
}

TEST_CASE("when the last session is gone nobody can acknowledge, and nothing "
          "is waited for") {
  away x;
  auto bob = x.n.connect("bob", "laptop");
  x.alice->post(direct, "hello");
  CHECK(x.push->sent().empty());
  bob->hang_up();
  x.n.run();
  CHECK(x.push->sent().size() == 1);
}

TEST_CASE("any device's acknowledgement counts") {
  away x;
  auto laptop = x.n.connect("bob", "laptop");
  auto phone = x.n.connect("bob", "phone");
  x.alice->post(direct, "hello");
  phone->heard();
  phone->acknowledge();
  x.n.advance(seconds{30});
  CHECK(x.push->sent().empty());
}

TEST_CASE("the text goes in when the settings say so, and the group's name is "
          "the title") {
  away x{with_text()};
  x.n.done(x.n.create_group("alice", group, {"bob"}, "c", "Tea party"));
  x.alice->post(group, "no room");
  x.alice->post(direct, "no wine");
  const auto sent = x.push->sent();
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].what.title == "Tea party");
  CHECK(sent[0].what.body == "alice: no room");
  CHECK(sent[1].what.title == "alice");
  CHECK(sent[1].what.body == "no wine");
  CHECK(sent[1].what.badge == 2);
  CHECK(sent[0].what.collapse_key != sent[1].what.collapse_key);
}

TEST_CASE("only messages of others notify: no acts, no changes of a group, "
          "nothing of one's own") {
  away x;
  x.n.done(x.n.subscribe("alice", "https://push.example/alice"));
  x.n.done(x.n.create_group("alice", group, {"bob", "cyd"}));
  x.alice->post(group, "hello");
  CHECK(x.push->sent().size() == 1);
  auto act = [&](json::object what) {
    what["conv"] = group;
    what["seq"] = 2;
    CHECK(text_of(x.alice->request(std::move(what)), "t") == "ack");
  };
  act({{"t", "edit"}, {"body", "hullo"}});
  act({{"t", "react"}, {"emoji", "+"}, {"on", true}});
  act({{"t", "delete"}});
  x.n.done(x.n.rename_group("alice", group, "other"));
  x.n.done(x.n.remove_member("alice", group, "cyd"));
  x.n.advance(seconds{60});
  CHECK(x.push->sent().empty());
}

TEST_CASE("who has no subscription costs nothing, and gets nothing") {
  away x;
  auto cyd = x.n.connect("cyd", "phone");
  x.alice->post("dm:alice:cyd", "hello");
  CHECK(stored_rows<history::push_mark_record>(x.n, history::record::push_mark)
        == 0);
  cyd->hang_up();
  x.n.advance(seconds{60});
  x.alice->post("dm:alice:cyd", "again");
  CHECK(stored_rows<history::push_mark_record>(x.n, history::record::push_mark)
        == 0);
  CHECK(x.push->sent().empty());
}

TEST_CASE("a muted conversation does not notify until it is unmuted") {
  away x;
  x.alice->post(direct, "first");
  x.push->sent();
  x.n.done(x.n.mute("bob", direct, x.n.clock().now() + 60'000));
  x.alice->post(direct, "quiet");
  x.n.advance(seconds{30});
  CHECK(x.push->sent().empty());
  x.n.advance(seconds{31});
  CHECK(x.push->sent().empty());
  x.alice->post(direct, "loud");
  CHECK(x.push->sent().size() == 1);
  x.n.run();
  x.check_nothing_is_kept();
}

TEST_CASE("quiet hours do not notify, and others do") {
  away x;
  const auto minute =
      static_cast<uint32_t>(x.n.clock().now() / 60'000 % (24 * 60));
  x.n.done(x.n.set_quiet_hours("bob", minute, (minute + 2) % (24 * 60)));
  x.alice->post(direct, "by night");
  x.n.advance(seconds{180});
  CHECK(x.push->sent().empty());
  x.alice->post(direct, "by day");
  CHECK(x.push->sent().size() == 1);
}

TEST_CASE("of a conversation one notification waits, the newest, with what is "
          "unread") {
  away x{with_text()};
  x.push->answer.said = push::verdict::later;
  x.alice->post(direct, "one");
  x.alice->post(direct, "two");
  x.alice->post(direct, "three");
  CHECK(x.waiting("bob").size() == 1);
  x.push->sent();
  x.push->answer.said = push::verdict::taken;
  x.n.advance(seconds{60});
  const auto sent = x.push->sent();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].what.body == "three");
  CHECK(sent[0].what.badge == 3);
  x.check_nothing_is_kept();
}

TEST_CASE("what is acknowledged after all is not sent any more") {
  away x;
  x.push->answer.said = push::verdict::later;
  x.alice->post(direct, "hello");
  x.push->sent();
  auto bob = x.n.connect("bob", "laptop", 0);
  bob->heard();
  bob->acknowledge();
  x.n.run();
  x.push->answer.said = push::verdict::taken;
  x.n.advance(seconds{600});
  CHECK(x.push->sent().empty());
  x.check_nothing_is_kept();
}

TEST_CASE("a dead subscription is forgotten, and the others are served") {
  away x;
  x.n.done(x.n.subscribe("bob", "https://push.example/tablet"));
  x.push->answer.said = push::verdict::gone;
  x.alice->post(direct, "hello");
  CHECK(x.push->sent().size() == 2);
  x.n.run();
  CHECK(
      objects_of(x.n.done(x.n.subscriptions("bob")), "subscriptions").empty());
  x.check_nothing_is_kept();
  x.alice->post(direct, "again");
  CHECK(x.push->sent().empty());
}

TEST_CASE("a refused notification is dropped, and the next one goes") {
  away x;
  x.push->answer.said = push::verdict::refused;
  x.alice->post(direct, "hello");
  x.push->sent();
  x.push->answer.said = push::verdict::taken;
  x.n.advance(seconds{60});
  CHECK(x.push->sent().empty());
  x.check_nothing_is_kept();
  x.alice->post(direct, "again");
  CHECK(x.push->sent().size() == 1);
}

TEST_CASE("what nobody takes is given up in the end") {
  auto with = calm_settings();
  with.push.give_up_after = seconds{60};
  away x{with};
  x.push->answer.said = push::verdict::later;
  x.alice->post(direct, "hello");
  x.n.advance(seconds{200});
  CHECK(x.push->sent().size() > 2);
  x.check_nothing_is_kept();
}

TEST_CASE("what waits survives that the user's actor is let go, and an answer "
          "that comes then is heard") {
  away x;
  x.push->hangs = true;
  x.alice->post(direct, "hello");
  x.n.advance(seconds{200});
  REQUIRE(node::active().users == 0);
  CHECK(x.waiting("bob").size() == 1);
  x.push->answer_all();
  x.n.run();
  x.check_nothing_is_kept();
}

TEST_CASE("a subscription is known by its address, has an id, and shows no "
          "secret") {
  away x;
  const auto again = x.n.done(x.n.subscribe("bob", endpoint, "phone"));
  CHECK(field(again, "known").as_bool());
  const auto all =
      objects_of(x.n.done(x.n.subscriptions("bob")), "subscriptions");
  REQUIRE(all.size() == 1);
  CHECK(text_of(all[0], "id") == text_of(again, "id"));
  CHECK(text_of(all[0], "kind") == "webpush");
  CHECK(text_of(all[0], "device") == "phone");
  CHECK(all[0].size() == 4);
}

TEST_CASE("a user has at most twenty subscriptions: the one that was renewed "
          "least recently gives way (I8)") {
  away x;
  for (int i = 0; i < 20; ++i) {
    x.n.advance(seconds{1});
    x.n.done(x.n.subscribe("bob", endpoint + std::to_string(i)));
  }
  CHECK(objects_of(x.n.done(x.n.subscriptions("bob")), "subscriptions").size()
        == 20);
  x.alice->post(direct, "hello");
  std::set<std::string> to;
  for (const auto& s : x.push->sent())
    to.insert(std::get<push::web_push_target>(*s.to).endpoint);
  CHECK(to.size() == 20);
  CHECK(to.count(endpoint) == 0);
}

TEST_CASE("a subscription goes with its device, with its login, and by name") {
  away x;
  const auto login = x.n.done(x.n.open_login("bob"));
  x.n.done(x.n.subscribe("bob", "https://push.example/2", {},
                         text_of(login, "login")));
  const auto third = x.n.done(x.n.subscribe("bob", "https://push.example/3"));
  auto count = [&] {
    return objects_of(x.n.done(x.n.subscriptions("bob")), "subscriptions")
        .size();
  };
  REQUIRE(count() == 3);
  x.n.connect("bob", "laptop")->hang_up();
  x.n.done(x.n.remove_device("bob", "laptop"));
  CHECK(count() == 2);
  x.n.done(x.n.close_login("bob", text_of(login, "login"),
                           text_of(login, "secret")));
  CHECK(count() == 1);
  x.n.done(x.n.unsubscribe("bob", text_of(third, "id")));
  CHECK(count() == 0);
  CHECK(x.n.refusal(x.n.unsubscribe("bob", text_of(third, "id")))
        == errc::not_found);
}

TEST_CASE("who unsubscribes gets nothing that still waits") {
  away x;
  x.push->answer.said = push::verdict::later;
  x.alice->post(direct, "hello");
  x.push->sent();
  const auto all =
      objects_of(x.n.done(x.n.subscriptions("bob")), "subscriptions");
  x.n.done(x.n.unsubscribe("bob", text_of(all.at(0), "id")));
  x.push->answer.said = push::verdict::taken;
  x.n.advance(seconds{600});
  CHECK(x.push->sent().empty());
  x.check_nothing_is_kept();
}

TEST_CASE("the webhook gets everybody's notifications") {
  auto with = calm_settings();
  with.push.webhook = {"https://hook.example", "whsec_"};
  away x{with};
  x.alice->post("dm:alice:cyd", "hello");
  const auto sent = x.push->sent();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].what.user == "cyd");
  CHECK_FALSE(sent[0].to.has_value());
  x.alice->post(direct, "hello");
  CHECK(x.push->sent().size() == 2);
}

TEST_CASE("what has no room in memory waits on disk, and comes when there is "
          "room (I8)") {
  auto with = calm_settings();
  with.push.waiting_max = 4;
  away x{with};
  x.push->answer.said = push::verdict::later;
  std::vector<std::string> users;
  for (int i = 0; i < 30; ++i)
    users.push_back("user-" + std::to_string(i));
  x.n.register_users(users);
  for (const auto& user : users) {
    x.n.done(x.n.subscribe(user, "https://push.example/" + user));
    x.alice->post("dm:alice:" + user, "hello");
  }
  x.push->sent();
  x.push->answer.said = push::verdict::taken;
  std::set<std::string> served;
  for (int i = 0; i < 120; ++i) {
    x.n.advance(seconds{1});
    for (const auto& s : x.push->sent())
      CHECK(served.insert(s.what.user).second);
  }
  CHECK(served.size() == users.size());
  x.check_nothing_is_kept();
}
