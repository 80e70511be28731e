#include "actors/fake_connection.hpp"
#include "actors/pair_of_users.hpp"
#include "actors/presence_seen.hpp"
#include "actors/stored.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace parley;
using namespace parley::test;
using std::chrono::seconds;

namespace {

struct people {
  node n;
  client_ptr alice;

  explicit people(config::settings with = calm_settings())
      : n(std::move(with)) {
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
    x.alice->hang_up();
    x.n.advance(seconds{200});
    REQUIRE(node::active().presences == 0);
  }
  SUBCASE("after a crash") {
    x.n.advance(seconds{2});
    x.n.restart();
  }
  SUBCASE("after a stop, which waits for nothing") {
    x.n.stop();
    x.n.start();
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
  CHECK(changes(*x.alice) == texts{"bob online"});
  CHECK(status_of(*x.alice, "bob") == "online");
}

TEST_CASE("strangers who watch are told of each other once they share a "
          "conversation") {
  people x;
  auto bob = x.n.connect("bob", "phone");
  x.n.done(x.n.create_group("cyd", group, {}));
  SUBCASE("a direct one") {
    CHECK(status_of(*x.alice, "bob") == "offline");
    x.alice->heard();
    x.alice->post(direct, "hello");
  }
  SUBCASE("a group that the watcher joined last") {
    x.n.done(x.n.add_members("cyd", group, {"bob"}));
    CHECK(status_of(*x.alice, "bob") == "offline");
    x.alice->heard();
    x.n.done(x.n.add_members("cyd", group, {"alice"}));
  }
  SUBCASE("a group that the watcher joined first") {
    x.n.done(x.n.add_members("cyd", group, {"alice"}));
    CHECK(status_of(*x.alice, "bob") == "offline");
    x.alice->heard();
    x.n.done(x.n.add_members("cyd", group, {"bob"}));
  }
  x.n.run();
  CHECK(changes(*x.alice) == texts{"bob online"});
  bob->hang_up();
  x.n.run();
  CHECK(changes(*x.alice) == texts{"bob offline"});
}

TEST_CASE("strangers who share a conversation and were never here are told "
          "nothing of each other") {
  people x;
  CHECK(status_of(*x.alice, "bob") == "offline");
  x.alice->heard();
  x.alice->post(direct, "hello");
  x.n.run();
  CHECK(changes(*x.alice).empty());
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
  n.advance(seconds{1});
  const auto came = last_active();
  n.advance(seconds{60});
  const auto later = last_active();
  CHECK(later > came);
  n.advance(seconds{60});
  CHECK(last_active() == later + 60'000);
}

// -- coalescing --------------------------------------------------------------

namespace {

struct slow_people : people {
  explicit slow_people(config::settings with = with_window(seconds{3}))
      : people(std::move(with)) {
    meet();
    n.advance(seconds{10});
    CHECK(status_of(*alice, "bob") == "offline");
    alice->heard();
  }
};

} // namespace

TEST_CASE("a connection that comes and goes is online, and nothing is said of "
          "it") {
  slow_people x;
  auto bob = x.n.connect("bob", "phone");
  CHECK(changes(*x.alice) == texts{"bob online"});
  for (int i = 0; i < 10; ++i) {
    bob->hang_up();
    x.n.advance(seconds{2});
    CHECK(status_of(*x.alice, "bob") == "online");
    bob = x.n.connect("bob", "phone");
    x.n.advance(seconds{1});
    CHECK(changes(*x.alice).empty());
  }
  bob->hang_up();
  x.n.run();
  x.n.advance(seconds{2});
  CHECK(changes(*x.alice).empty());
  x.n.advance(seconds{1});
  CHECK(changes(*x.alice) == texts{"bob offline"});
}

TEST_CASE("a status that changes often is told once a window") {
  slow_people x;
  auto bob = x.n.connect("bob", "phone");
  x.n.advance(seconds{5});
  x.alice->heard();
  for (int i = 0; i < 5; ++i) {
    bob->say({{"t", "status"}, {"status", "away"}});
    bob->say({{"t", "status"}, {"status", "online"}});
  }
  bob->say({{"t", "status"}, {"status", "away"}});
  x.n.run();
  CHECK(changes(*x.alice) == texts{"bob away"});
  bob->say({{"t", "status"}, {"status", "online"}});
  x.n.advance(seconds{2});
  CHECK(changes(*x.alice).empty());
  x.n.advance(seconds{1});
  CHECK(changes(*x.alice) == texts{"bob online"});
}
