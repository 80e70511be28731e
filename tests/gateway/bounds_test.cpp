#include "gateway/connection_limits.hpp"
#include "gateway/group_id.hpp"
#include "gateway/send_rates.hpp"

#include "parley/base/names.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

using namespace parley;
using namespace parley::gateway;
using boost::asio::ip::make_address;

TEST_CASE("I8: there are never more connections than the limit") {
  connection_limits limits{2, 0};
  auto a = limits.enter(make_address("10.0.0.1"));
  auto b = limits.enter(make_address("10.0.0.1"));
  CHECK(a.has_value());
  CHECK(b.has_value());
  CHECK_FALSE(limits.enter(make_address("10.0.0.2")).has_value());
  CHECK(limits.count() == 2);
  a.reset();
  CHECK(limits.count() == 1);
  CHECK(limits.enter(make_address("10.0.0.2")).has_value());
}

TEST_CASE("one address does not take the places of others") {
  connection_limits limits{10, 2};
  std::vector<std::optional<connection_limits::place>> places;
  for (int i = 0; i < 2; ++i)
    places.push_back(limits.enter(make_address("10.0.0.1")));
  CHECK_FALSE(limits.enter(make_address("10.0.0.1")).has_value());
  CHECK_FALSE(limits.enter(make_address("::ffff:10.0.0.1")).has_value());
  CHECK(limits.count() == 2);
  CHECK(limits.enter(make_address("10.0.0.2")).has_value());
  CHECK(limits.enter(make_address("::1")).has_value());
  places.clear();
  CHECK(limits.enter(make_address("10.0.0.1")).has_value());
}

TEST_CASE("a place that is moved is counted once") {
  connection_limits limits{10, 1};
  auto place = limits.enter(make_address("10.0.0.1"));
  REQUIRE(place.has_value());
  connection_limits::place other{std::move(*place)};
  place.reset();
  CHECK(limits.count() == 1);
  connection_limits::place third;
  third = std::move(other);
  CHECK(limits.count() == 1);
  third = {};
  CHECK(limits.count() == 0);
  CHECK(limits.enter(make_address("10.0.0.1")).has_value());
}

TEST_CASE("a user's sends over HTTP are held to their rate, and only theirs") {
  send_rates rates{10, 3};
  timestamp now = 1'000'000;
  for (int i = 0; i < 3; ++i)
    CHECK(rates.take("alice", now) == 0);
  auto wait = rates.take("alice", now);
  CHECK(wait > 0);
  CHECK(wait <= 100);
  CHECK(rates.take("bob", now) == 0);
  CHECK(rates.take("alice", now + wait) == 0);
}

TEST_CASE("a rate of 0 is no limit") {
  send_rates rates{0, 1};
  for (int i = 0; i < 1000; ++i)
    CHECK(rates.take("alice", 1) == 0);
}

TEST_CASE("I8: the table of rates is bounded, and a full one refuses nobody") {
  send_rates rates{1, 1};
  CHECK(rates.take("alice", 1000) == 0);
  CHECK(rates.take("alice", 1000) > 0);
  for (size_t i = 0; i < send_rates::users_max; ++i)
    CHECK(rates.take("u" + std::to_string(i), 1000) == 0);
  CHECK(rates.take("alice", 1000) == 0);
}

TEST_CASE("a group that is made with a cid has the same name again") {
  auto& random = system_random();
  auto first = new_group_id("alice", "c1", 1000, random);
  CHECK(valid_group(first));
  CHECK(first == new_group_id("alice", "c1", 999'999, random));
  CHECK(first != new_group_id("alice", "c2", 1000, random));
  CHECK(first != new_group_id("bob", "c1", 1000, random));
}

TEST_CASE("groups that are made without a cid have names of their own") {
  auto& random = system_random();
  auto first = new_group_id("alice", "", 1'700'000'000'000, random);
  CHECK(valid_group(first));
  CHECK(first != new_group_id("alice", "", 1'700'000'000'000, random));
}

TEST_CASE("every cid gives a well-formed name") {
  for (int i = 0; i < 1000; ++i)
    CHECK(valid_group(
        new_group_id("alice", std::to_string(i), 0, system_random())));
}
