#include "actors/pair_of_users.hpp"
#include "actors/stored.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace parley;
using namespace parley::test;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

config::settings kept_for(uint32_t days) {
  auto with = calm_settings();
  with.storage.device_days = days;
  return with;
}

/// What a device is sent as it comes back without a `since`.
std::vector<json::object> come_back(node& n, client_ptr& bob) {
  bob = n.connect("bob", "phone");
  n.run();
  return bob->heard();
}

bool is_reset(const std::vector<json::object>& heard) {
  return !find(heard, {{"t", "reset"}, {"reason", "too_far"}}).empty();
}

size_t messages(const std::vector<json::object>& heard) {
  size_t count = 0;
  for (const auto& x : heard)
    count += includes(x, {{"t", "msg"}});
  return count;
}

timestamp stored_last_seen(node& n, const std::string& user) {
  const auto rows =
      history::load_all<history::device_record>(
          n.disk(), history::state_key(history::record::device,
                                       place_of(user, n.partitions())))
          .value();
  REQUIRE(rows.size() == 1);
  return rows[0].last_seen;
}

int64_t shown_last_seen(node& n, const std::string& user) {
  const auto shown = objects_of(n.done(n.devices(user)), "devices");
  REQUIRE(shown.size() == 1);
  return number_of(shown[0], "last_seen");
}

} // namespace

TEST_CASE("a device that was away for longer than its cursor is kept hears so, "
          "and goes on live (I5)") {
  pair_of_users x{kept_for(2)};
  x.alice->post(direct, "read");
  x.bob->heard();
  x.bob->acknowledge();
  x.n.run();
  x.bob->hang_up();
  x.n.advance(seconds{2});
  x.alice->post(direct, "not read");
  SUBCASE("not after less than that") {
    x.n.clock().advance(hours{47});
    const auto heard = come_back(x.n, x.bob);
    CHECK_FALSE(is_reset(heard));
    CHECK(messages(heard) == 1);
  }
  SUBCASE("after more") {
    x.n.clock().advance(hours{49});
    const auto heard = come_back(x.n, x.bob);
    CHECK(is_reset(heard));
    CHECK(messages(heard) == 0);
    x.alice->post(direct, "live");
    CHECK(messages(x.bob->heard()) == 1);
    x.bob->acknowledge();
    x.bob->hang_up();
    CHECK_FALSE(is_reset(come_back(x.n, x.bob)));
  }
  SUBCASE("whoever says where they are is believed") {
    x.n.clock().advance(hours{49});
    x.bob = x.n.connect("bob", "phone", x.bob->newest_useq());
    x.n.run();
    const auto heard = x.bob->heard();
    CHECK_FALSE(is_reset(heard));
    CHECK(messages(heard) == 1);
  }
}

TEST_CASE("a device that stays connected is not lost, however long nothing "
          "comes for it (I5)") {
  pair_of_users x{kept_for(1)};
  for (int i = 0; i < 6; ++i) {
    x.n.clock().advance(hours{12});
    x.n.advance(seconds{61});
  }
  SUBCASE("and hangs up") {
    x.n.clock().advance(hours{5});
    x.bob->hang_up();
    x.n.advance(seconds{2});
    x.alice->post(direct, "for bob");
    x.n.clock().advance(hours{23});
  }
  SUBCASE("and the node crashes") {
    x.n.restart();
    x.alice = x.n.connect("alice", "phone");
    x.alice->post(direct, "for bob");
    x.n.clock().advance(hours{23});
  }
  const auto heard = come_back(x.n, x.bob);
  CHECK_FALSE(is_reset(heard));
  CHECK(messages(heard) == 1);
}

TEST_CASE("that a device is connected is written down a few times a day, and "
          "not at every beat") {
  pair_of_users x;
  const auto attached = x.n.clock().now();
  CHECK(stored_last_seen(x.n, "bob") == attached);
  x.n.advance(seconds{600});
  CHECK(node::active().users == 0);
  CHECK(stored_last_seen(x.n, "bob") == attached);
  CHECK(shown_last_seen(x.n, "bob") == x.n.clock().now());
  x.n.clock().advance(hours{6});
  x.n.advance(seconds{65});
  const auto noted = stored_last_seen(x.n, "bob");
  CHECK(noted >= attached + 6 * 3'600'000);
  x.n.advance(seconds{600});
  CHECK(stored_last_seen(x.n, "bob") == noted);
}

TEST_CASE("a device was seen last when it hung up, though its user rested "
          "then") {
  pair_of_users x;
  x.n.advance(seconds{600});
  REQUIRE(node::active().users == 0);
  x.bob->hang_up();
  const auto left = x.n.clock().now();
  x.n.advance(seconds{600});
  // Its user is woken by the next beat, and writes it within a second or so.
  const auto seen = shown_last_seen(x.n, "bob");
  CHECK(seen >= left);
  CHECK(seen <= left + 3000);
}

TEST_CASE("of more than 32 devices none is forgotten that is connected") {
  node n;
  n.register_users({"alice"});
  const auto stays = n.connect("alice", "stays");
  for (int i = 0; i < 32; ++i) {
    n.advance(seconds{1});
    n.connect("alice", "d" + std::to_string(i))->hang_up();
    n.run();
  }
  const auto devices = objects_of(n.done(n.devices("alice")), "devices");
  CHECK(devices.size() == 32);
  CHECK(includes(find(devices, {{"device", "stays"}}), {{"online", true}}));
  CHECK(find(devices, {{"device", "d0"}}).empty());
}
