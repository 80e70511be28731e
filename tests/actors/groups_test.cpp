#include "actors/pair_of_users.hpp"
#include "actors/stored.hpp"

#include "parley/base/limits.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace parley;
using namespace parley::test;
using std::chrono::seconds;

namespace {

json::object member_of(node& n, const std::string& reader,
                       const std::string& user) {
  const auto shown = n.done(n.show(reader, group));
  return find(objects_of(shown, "members"), {{"user", user}});
}

std::string role_of(node& n, const std::string& user) {
  const auto member = member_of(n, "olga", user);
  return member.empty() ? "" : text_of(member, "role");
}

struct small_group {
  node n;

  small_group() {
    n.register_users({"olga", "ann", "ben", "cyd"});
    n.done(n.create_group("olga", group, {"ann", "ben"}, "cid-1", "tea"));
  }
};

} // namespace

TEST_CASE("a new group is one entry that tells everyone who is in it") {
  node n;
  n.register_users({"olga", "ann", "ben"});
  auto ann = n.connect("ann", "phone");
  auto olga = n.connect("olga", "phone");
  const auto made =
      n.done(n.create_group("olga", group, {"ann", "ben", "ann"}, "c", "tea"));
  CHECK(text_of(made, "conv") == group);
  for (auto& x : {ann, olga}) {
    const auto events = x->events();
    REQUIRE(events.size() == 1);
    CHECK(includes(events[0], {{"t", "group"},
                               {"conv", group},
                               {"seq", 1},
                               {"from", "olga"},
                               {"name", "tea"}}));
    CHECK(field(events[0], "members").as_array().size() == 3);
  }
  CHECK(role_of(n, "olga") == "owner");
  CHECK(role_of(n, "ann") == "member");
}

TEST_CASE("making a group is done once a cid, however late and often") {
  small_group x;
  auto again = [&](const std::string& cid, const std::string& name,
                   const std::vector<std::string>& members) {
    return x.n.create_group("olga", group, members, cid, name);
  };
  SUBCASE("at once") {}
  SUBCASE("after a crash") {
    x.n.restart();
  }
  SUBCASE("after a rest") {
    x.n.advance(seconds{200});
  }
  SUBCASE("after it was renamed") {
    x.n.done(x.n.rename_group("olga", group, "coffee"));
  }
  SUBCASE("after it was deleted") {
    x.n.done(x.n.delete_group("olga", group));
  }
  const auto before = stored_last(x.n, group);
  CHECK(text_of(x.n.done(again("cid-1", "tea", {"ann", "ben"})), "conv")
        == group);
  CHECK(x.n.refusal(again("cid-1", "other", {"ann", "ben"}))
        == errc::cid_conflict);
  CHECK(x.n.refusal(again("cid-1", "tea", {"ann"})) == errc::cid_conflict);
  CHECK(x.n.refusal(again("cid-2", "tea", {"ann", "ben"})) == errc::conflict);
  CHECK(x.n.refusal(again("", "tea", {"ann", "ben"})) == errc::conflict);
  CHECK(stored_last(x.n, group) == before);
}

TEST_CASE("two requests to make the same group make one, and both are told "
          "when it is there") {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    node n{calm_settings(), seed};
    n.register_users({"olga", "ann"});
    auto first = n.create_group("olga", group, {"ann"}, "c");
    auto second = n.create_group("olga", group, {"ann"}, "c");
    auto other = n.create_group("olga", group, {}, "c");
    do {
      for (const auto& x : {first, second, other})
        if (x->has_value() && x->value().has_value())
          REQUIRE(stored_last(n, group) == 1);
    } while (n.step_by_chance());
    const auto both = n.refusal(first) == errc::none
                      && n.refusal(second) == errc::none
                      && n.refusal(other) == errc::cid_conflict;
    // The third may have been the one that made it.
    const auto neither = n.refusal(first) == errc::cid_conflict
                         && n.refusal(second) == errc::cid_conflict
                         && n.refusal(other) == errc::none;
    CHECK((both || neither));
    CHECK(stored_last(n, group) == 1);
  }
}

TEST_CASE("a group whose answer a crash took away is there or is not, and the "
          "same request settles it") {
  for (int steps = 0; steps < 40; ++steps) {
    CAPTURE(steps);
    node n;
    n.register_users({"olga", "ann"});
    auto first = n.create_group("olga", group, {"ann"}, "c");
    for (int i = 0; i < steps; ++i)
      n.step();
    const auto answered = first->has_value();
    n.restart();
    if (answered)
      CHECK(stored_last(n, group) == 1);
    n.done(n.create_group("olga", group, {"ann"}, "c"));
    CHECK(stored_last(n, group) == 1);
    auto ann = n.connect("ann", "phone", 0);
    n.run();
    CHECK(ann->events().size() == 1);
  }
}

TEST_CASE("a group of a hundred and one is refused as a whole") {
  node n;
  std::vector<std::string> users;
  for (size_t i = 0; i <= limits::group_members_max; ++i)
    users.push_back("u" + std::to_string(i));
  n.register_users(users);
  CHECK(n.refusal(n.create_group("u0", group, users)) == errc::group_full);
  CHECK(stored_last(n, group) == 0);
  users.pop_back();
  n.done(n.create_group("u0", group, users));
  CHECK(n.refusal(n.add_members("u0", group, {"u1", "u100"}))
        == errc::group_full);
  n.done(n.remove_member("u0", group, "u1"));
  n.done(n.add_members("u0", group, {"u100"}));
  CHECK(n.refusal(n.add_members("u0", group, {"u1"})) == errc::group_full);
}

TEST_CASE("two that add at once cannot make it a hundred and one") {
  node n;
  std::vector<std::string> users;
  for (size_t i = 0; i <= limits::group_members_max; ++i)
    users.push_back("u" + std::to_string(i));
  n.register_users(users);
  n.done(n.create_group("u0", group, {users.begin(), users.begin() + 99}));
  auto first = n.add_members("u0", group, {"u99"});
  auto second = n.add_members("u0", group, {"u100"});
  n.run();
  CHECK(n.refusal(first) == errc::none);
  CHECK(n.refusal(second) == errc::group_full);
}

TEST_CASE("who does not exist makes adding and making fail as a whole") {
  small_group x;
  CHECK(x.n.refusal(x.n.add_members("olga", group, {"cyd", "nobody"}))
        == errc::not_found);
  CHECK(role_of(x.n, "cyd").empty());
  CHECK(x.n.refusal(x.n.create_group("olga", group_id(2), {"nobody"}))
        == errc::not_found);
  CHECK(stored_last(x.n, group_id(2)) == 0);
}

TEST_CASE("rights in a group are those of the role, and strangers hear of "
          "nothing (I7)") {
  small_group x;
  auto& n = x.n;
  n.done(n.set_role("olga", group, "ann", "admin"));
  n.done(n.rename_group("ann", group, "by the admin"));
  CHECK(n.refusal(n.rename_group("ben", group, "x")) == errc::forbidden);
  CHECK(n.refusal(n.rename_group("cyd", group, "x")) == errc::not_found);
  CHECK(n.refusal(n.delete_group("ann", group)) == errc::forbidden);
  CHECK(n.refusal(n.set_role("ann", group, "ben", "admin")) == errc::forbidden);
  CHECK(n.refusal(n.add_members("ben", group, {"cyd"})) == errc::forbidden);
  CHECK(n.refusal(n.show("cyd", group)) == errc::not_found);
  CHECK(n.refusal(n.remove_member("cyd", group, "ben")) == errc::not_found);
  n.done(n.add_members("ann", group, {"cyd"}));
  n.done(n.remove_member("ann", group, "cyd"));
  CHECK(n.refusal(n.rename_group("cyd", group, "x")) == errc::forbidden);
  CHECK(stored_last(n, group) == 5);
}

TEST_CASE("the last owner hands over before leaving") {
  small_group x;
  auto& n = x.n;
  CHECK(n.refusal(n.remove_member("olga", group, "olga")) == errc::forbidden);
  n.done(n.set_role("olga", group, "ann", "owner"));
  n.done(n.remove_member("olga", group, "olga"));
  CHECK(text_of(member_of(n, "ann", "ann"), "role") == "owner");
  CHECK(member_of(n, "ann", "olga").empty());
}

TEST_CASE("a change that changes nothing is no entry") {
  small_group x;
  auto& n = x.n;
  n.done(n.rename_group("olga", group, "tea"));
  n.done(n.set_role("olga", group, "ann", "member"));
  n.done(n.add_members("olga", group, {"ann", "ben"}));
  CHECK(stored_last(n, group) == 1);
}

TEST_CASE("everyone is told of a change, and whom it names, too") {
  small_group x;
  auto& n = x.n;
  auto ann = n.connect("ann", "phone");
  auto ben = n.connect("ben", "phone");
  auto cyd = n.connect("cyd", "phone");
  n.done(n.add_members("olga", group, {"cyd"}));
  n.done(n.set_role("olga", group, "ann", "admin"));
  n.done(n.remove_member("ann", group, "ben"));
  n.done(n.rename_group("ann", group, "coffee"));
  const auto told = ann->events();
  REQUIRE(told.size() == 4);
  CHECK(includes(told[0], {{"t", "member"},
                           {"from", "olga"},
                           {"user", "cyd"},
                           {"change", "added"},
                           {"role", "member"}}));
  CHECK(includes(told[1], {{"t", "member"},
                           {"user", "ann"},
                           {"change", "role"},
                           {"role", "admin"}}));
  CHECK(includes(told[2],
                 {{"t", "member"}, {"user", "ben"}, {"change", "removed"}}));
  CHECK(includes(told[3], {{"t", "group"}, {"name", "coffee"}}));
  CHECK(numbers_of(ben->events(), "seq") == std::vector<int64_t>{2, 3, 4});
  CHECK(numbers_of(cyd->events(), "seq") == std::vector<int64_t>{2, 3, 4, 5});
}

TEST_CASE("members read from the first entry, former ones through their "
          "removal (I7)") {
  small_group x;
  auto& n = x.n;
  auto olga = n.connect("olga", "phone");
  olga->post(group, "two");
  n.done(n.add_members("olga", group, {"cyd"}));
  n.done(n.remove_member("olga", group, "ben"));
  olga->post(group, "five");
  auto pages = [&](const std::string& who) {
    auto reader = n.connect(who, "reader");
    const auto page = reader->request({{"t", "history"}, {"conv", group}});
    return numbers_of(objects_of(page, "items"), "seq");
  };
  CHECK(pages("cyd") == std::vector<int64_t>{1, 2, 3, 4, 5});
  CHECK(pages("ben") == std::vector<int64_t>{1, 2, 3, 4});
  n.done(n.add_members("olga", group, {"ben"}));
  CHECK(pages("ben") == std::vector<int64_t>{1, 2, 3, 4, 5, 6});
  n.done(n.delete_group("olga", group));
  CHECK(pages("olga") == std::vector<int64_t>{1, 2, 3, 4, 5, 6, 7});
  CHECK(error_code(olga->request(send_frame(group, "late", "x")))
        == "forbidden");
}

TEST_CASE("a change that is not committed yet already counts for what comes "
          "behind it") {
  small_group x;
  auto& n = x.n;
  auto ben = n.connect("ben", "phone");
  auto gone = n.remove_member("olga", group, "ben");
  for (int i = 0; i < 5; ++i) // Past the conversation, not past the journal.
    n.step();
  const auto id = ben->start(send_frame(group, "late", "x"));
  n.run();
  CHECK(n.refusal(gone) == errc::none);
  CHECK(error_code(find(ben->heard(), {{"id", id}})) == "forbidden");
}
