#include "actors/pair_of_users.hpp"
#include "actors/stored.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace parley;
using namespace parley::test;
using std::chrono::seconds;

namespace {

/// What the reply to a watch list says of one user.
json::object seen(client& by, const std::string& user) {
  const auto reply =
      by.request({{"t", "watch"}, {"users", json::array{user.c_str()}}});
  return find(objects_of(reply, "items"), {{"user", user}});
}

std::string status_of(client& by, const std::string& user) {
  return text_of(seen(by, user), "status");
}

/// The changes that a client has been told of, as "user status".
std::vector<std::string> changes(client& who) {
  std::vector<std::string> all;
  for (const auto& x : who.heard())
    if (text_of(x, "t") == "presence")
      for (const auto& item : objects_of(x, "items"))
        all.push_back(text_of(item, "user") + ' ' + text_of(item, "status"));
  return all;
}

using texts = std::vector<std::string>;

struct people {
  node n;
  client_ptr alice;

  people() {
    n.register_users({"alice", "bob", "cyd"});
    alice = n.connect("alice", "phone");
  }

  void meet() {
    auto bob = n.connect("bob", "first");
    bob->post(direct, "hello");
    bob->hang_up();
    n.run();
    alice->heard();
  }
};

} // namespace

TEST_CASE("strangers are offline to each other and never were here") {
  people x;
  auto bob = x.n.connect("bob", "phone");
  const json::object nothing{{"user", "bob"}, {"status", "offline"}};
  CHECK(seen(*x.alice, "bob") == nothing);
  x.alice->heard();
  bob->hang_up();
  x.n.run();
  CHECK(changes(*x.alice).empty());
  const json::object nobody{{"user", "nobody"}, {"status", "offline"}};
  CHECK(seen(*x.alice, "nobody") == nobody);
}

TEST_CASE("who shares a conversation sees the other come, be away and go") {
  people x;
  SUBCASE("a direct one") {
    x.meet();
  }
  SUBCASE("a group") {
    x.n.done(x.n.create_group("cyd", group, {"alice", "bob"}));
  }
  CHECK(status_of(*x.alice, "bob") == "offline");
  x.alice->heard();
  auto bob = x.n.connect("bob", "phone");
  x.n.run();
  CHECK(changes(*x.alice) == texts{"bob online"});
  bob->say({{"t", "status"}, {"status", "away"}});
  x.n.run();
  CHECK(changes(*x.alice) == texts{"bob away"});
  bob->say({{"t", "status"}, {"status", "online"}});
  x.n.run();
  CHECK(changes(*x.alice) == texts{"bob online"});
  bob->hang_up();
  x.n.run();
  CHECK(changes(*x.alice) == texts{"bob offline"});
}

TEST_CASE("one of several devices is enough to be online") {
  people x;
  x.meet();
  auto phone = x.n.connect("bob", "phone");
  auto laptop = x.n.connect("bob", "laptop");
  CHECK(status_of(*x.alice, "bob") == "online");
  x.alice->heard();
  phone->say({{"t", "status"}, {"status", "away"}});
  phone->hang_up();
  x.n.run();
  CHECK(changes(*x.alice).empty());
  laptop->hang_up();
  x.n.run();
  CHECK(changes(*x.alice) == texts{"bob offline"});
}

TEST_CASE("last_active is when a user left, also after a rest and a crash") {
  people x;
  x.meet();
  auto bob = x.n.connect("bob", "phone");
  x.n.advance(seconds{30});
  bob->hang_up();
  x.n.run();
  const auto left = x.n.clock().now();
  SUBCASE("at once") {}
  SUBCASE("after a rest") {
    x.n.advance(seconds{200});
    REQUIRE(node::active().presences == 0);
  }
  SUBCASE("after a crash") {
    x.n.restart();
  }
  auto alice = x.n.connect("alice", "phone");
  const auto item = seen(*alice, "bob");
  CHECK(text_of(item, "status") == "offline");
  CHECK(number_of(item, "last_active") == left);
}

TEST_CASE("a new watch list replaces the one before") {
  people x;
  x.meet();
  x.n.done(x.n.create_group("alice", group, {"cyd"}));
  CHECK(status_of(*x.alice, "bob") == "offline");
  CHECK(status_of(*x.alice, "cyd") == "offline");
  x.alice->heard();
  auto bob = x.n.connect("bob", "phone");
  auto cyd = x.n.connect("cyd", "phone");
  x.n.run();
  CHECK(changes(*x.alice) == texts{"cyd online"});
}

TEST_CASE("who is blocked sees the other go, and come again when the block is "
          "lifted") {
  people x;
  x.meet();
  auto bob = x.n.connect("bob", "phone");
  CHECK(status_of(*x.alice, "bob") == "online");
  x.alice->heard();
  x.n.done(x.n.block("bob", "alice", true));
  CHECK(changes(*x.alice) == texts{"bob offline"});
  const json::object nothing{{"user", "bob"}, {"status", "offline"}};
  CHECK(seen(*x.alice, "bob") == nothing);
  bob->hang_up();
  bob = x.n.connect("bob", "phone");
  x.n.run();
  CHECK(changes(*x.alice).empty());
  x.n.done(x.n.block("bob", "alice", false));
  CHECK(status_of(*x.alice, "bob") == "online");
}

TEST_CASE("who does not share a group any more sees the other go") {
  people x;
  x.n.done(x.n.create_group("cyd", group, {"alice", "bob"}));
  auto bob = x.n.connect("bob", "phone");
  CHECK(status_of(*x.alice, "bob") == "online");
  x.alice->heard();
  SUBCASE("when the other leaves") {
    x.n.done(x.n.remove_member("bob", group, "bob"));
  }
  SUBCASE("when they leave themselves") {
    x.n.done(x.n.remove_member("alice", group, "alice"));
  }
  SUBCASE("when the group is deleted") {
    x.n.done(x.n.delete_group("cyd", group));
  }
  CHECK(changes(*x.alice) == texts{"bob offline"});
  bob->hang_up();
  x.n.run();
  bob = x.n.connect("bob", "phone");
  x.n.run();
  CHECK(changes(*x.alice).empty());
  CHECK(status_of(*x.alice, "bob") == "offline");
}

TEST_CASE("a watched user is watched over a rest") {
  people x;
  x.meet();
  CHECK(status_of(*x.alice, "bob") == "offline");
  x.n.advance(seconds{200});
  x.alice->heard();
  auto bob = x.n.connect("bob", "phone");
  x.n.run();
  CHECK(changes(*x.alice) == texts{"bob online"});
}

TEST_CASE("a connected user who does nothing is written down every so often") {
  auto with = calm_settings();
  with.presence.last_active_interval = seconds{60};
  node n{with};
  n.register_users({"alice"});
  auto alice = n.connect("alice", "phone");
  auto last_active = [&] {
    return history::load<history::presence_record>(
               n.disk(), history::state_key(history::record::presence,
                                            place_of("alice", n.partitions())))
        .value()
        .value()
        .last_active;
  };
  const auto came = last_active();
  n.advance(seconds{60});
  const auto later = last_active();
  CHECK(later > came);
  n.advance(seconds{60});
  CHECK(last_active() == later + 60'000);
}
