#include "e2e/shared_node.hpp"
#include "support/doctest.hpp"

#include <algorithm>

namespace parley::test {
namespace {

/// 101 users, made once: registering takes its time.
const std::vector<account>& crowd() {
  static const auto users = register_accounts(node(), "crowd", 101);
  return users;
}

std::vector<account> first(size_t count) {
  return {crowd().begin(),
          crowd().begin() + static_cast<std::ptrdiff_t>(count)};
}

http_response create(const account& owner, const json::object& body) {
  return owner.post("/v1/groups", body);
}

http_response add(const account& actor, const std::string& group,
                  const std::vector<account>& users) {
  return actor.post(group_path(group, "/members"),
                    json::object{{"users", names(users)}});
}

size_t member_count(const account& reader, const std::string& group) {
  return objects_of(reader.get(conversation_path(group)).object(), "members")
      .size();
}

/// The names in a `group` event, be they names or objects with one.
std::vector<std::string> members_in(const json::object& event) {
  std::vector<std::string> result;
  for (const auto& member : field(event, "members").as_array())
    result.push_back(member.is_string() ? std::string(member.get_string())
                                        : text_of(member.as_object(), "user"));
  std::sort(result.begin(), result.end());
  return result;
}

TEST_CASE("creating a group makes its creator the owner and tells everyone in "
          "one entry") {
  const auto alice = register_account(node(), "alice");
  const auto bob = register_account(node(), "bob");
  const auto carol = register_account(node(), "carol");
  auto phone = bob.open();
  auto own = alice.open();
  const auto answer =
      create(alice, {{"name", "The Club"}, {"members", names({bob, carol})}});
  CHECK(answer.status == 201);
  const auto group = text_of(answer.object(), "conv");
  CHECK(group.starts_with("g:"));
  CHECK(group.size() == 28);
  for (auto* device : {&phone, &own}) {
    const auto event = device->wait_for({{"t", "group"}});
    CHECK(includes(event, {{"conv", group},
                           {"seq", 1},
                           {"from", alice.user()},
                           {"name", "The Club"}}));
    CHECK(members_in(event)
          == std::vector<std::string>{alice.user(), bob.user(), carol.user()});
  }
  const auto shown = alice.get(conversation_path(group)).object();
  CHECK(includes(shown,
                 {{"conv", group}, {"name", "The Club"}, {"last_seq", 1}}));
  CHECK(text_of(member_of(alice, group, alice), "role") == "owner");
  CHECK(text_of(member_of(alice, group, bob), "role") == "member");
  CHECK(includes(member_of(alice, group, carol),
                 {{"read_seq", 0}, {"delivered_seq", 0}}));
  CHECK(whole_history(carol, group).size() == 1);
}

TEST_CASE("creating with the same cid again gives the same group (I3)") {
  const auto alice = register_account(node(), "alice");
  const json::object body{
      {"cid", "make-1"}, {"name", "once"}, {"members", json::array{}}};
  const auto first_answer = create(alice, body);
  const auto again = create(alice, body);
  CHECK(first_answer.status == 201);
  CHECK(succeeded(again));
  CHECK(text_of(again.object(), "conv")
        == text_of(first_answer.object(), "conv"));
  CHECK(text_of(create(alice, with(body, {{"cid", "make-2"}})).object(), "conv")
        != text_of(first_answer.object(), "conv"));
}

TEST_CASE("a group needs a name and members who exist") {
  const auto alice = register_account(node(), "alice");
  CHECK(problem(create(alice, {{"members", json::array{}}}))
        == "400 bad_request");
  CHECK(problem(create(alice, {{"name", "x"}, {"members", "bob"}}))
        == "400 bad_request");
  CHECK(problem(create(alice, {{"name", "x"}, {"members", {"nobody"}}}))
        == "404 not_found");
}

TEST_CASE("a group of one is a group") {
  const auto alice = register_account(node(), "alice");
  const auto group = create_group(alice, {});
  CHECK(member_count(alice, group) == 1);
  CHECK(alice.open().say(group, "echo") == 2);
}

TEST_CASE("renaming tells everyone") {
  const auto alice = register_account(node(), "alice");
  const auto bob = register_account(node(), "bob");
  const auto group = create_group(alice, {bob}, "old name");
  auto phone = bob.open();
  CHECK(succeeded(
      alice.patch(group_path(group), json::object{{"name", "new name"}})));
  CHECK(includes(
      phone.wait_for({{"t", "group"}, {"seq", 2}}),
      {{"conv", group}, {"from", alice.user()}, {"name", "new name"}}));
  CHECK(text_of(alice.get(conversation_path(group)).object(), "name")
        == "new name");
  CHECK(includes(whole_history(bob, group).at(1), {{"name", "new name"}}));
}

TEST_CASE("adding tells the members and the one who is added, who reads from "
          "seq 1") {
  const auto alice = register_account(node(), "alice");
  const auto bob = register_account(node(), "bob");
  const auto carol = register_account(node(), "carol");
  const auto group = create_group(alice, {bob});
  auto phone = bob.open();
  auto newcomer = carol.open();
  phone.say(group, "before carol");
  CHECK(succeeded(add(alice, group, {carol})));
  for (auto* device : {&phone, &newcomer})
    CHECK(includes(device->wait_for({{"t", "member"}}), {{"conv", group},
                                                         {"seq", 3},
                                                         {"from", alice.user()},
                                                         {"user", carol.user()},
                                                         {"change", "added"}}));
  CHECK(numbers_of(whole_history(carol, group), "seq")
        == std::vector<int64_t>{1, 2, 3});
  CHECK(newcomer.seen({{"seq", 2}}).empty());
  phone.say(group, "after carol");
  CHECK(text_of(newcomer.wait_for({{"t", "msg"}}), "body") == "after carol");
  CHECK(text_of(member_of(alice, group, carol), "role") == "member");
}

TEST_CASE("adding several makes an entry for each") {
  const auto alice = register_account(node(), "alice");
  const auto group = create_group(alice, {});
  const auto more = register_accounts(node(), "more", 3);
  CHECK(succeeded(add(alice, group, more)));
  auto history = whole_history(alice, group);
  CHECK(history.size() == 4);
  for (const auto& each : more)
    CHECK_FALSE(
        find(history,
             {{"t", "member"}, {"user", each.user()}, {"change", "added"}})
            .empty());
}

TEST_CASE("adding is all or nothing") {
  const auto alice = register_account(node(), "alice");
  const auto bob = register_account(node(), "bob");
  const auto group = create_group(alice, {});
  CHECK(problem(alice.post(
            group_path(group, "/members"),
            json::object{{"users", json::array{bob.user(), "nobody"}}}))
        == "404 not_found");
  CHECK(member_count(alice, group) == 1);
  CHECK(listed(bob, group).empty());
}

TEST_CASE("a group of 100 is full") {
  const auto& owner = crowd()[100];
  const auto group = create_group(owner, first(99));
  CHECK(member_count(owner, group) == 100);
  const auto late = register_account(node(), "late");
  CHECK(problem(add(owner, group, {late})) == "422 group_full");
  CHECK(member_count(owner, group) == 100);
  CHECK(succeeded(
      owner.remove(group_path(group, "/members/" + crowd()[0].user()))));
  CHECK(problem(add(owner, group, {late, crowd()[0]})) == "422 group_full");
  CHECK(member_count(owner, group) == 99);
  CHECK(succeeded(add(owner, group, {late})));
}

TEST_CASE("a group of 101 cannot be created") {
  const auto& owner = crowd()[100];
  CHECK(problem(create(owner,
                       {{"name", "too many"}, {"members", names(first(100))}}))
        == "422 group_full");
}

TEST_CASE("every member of a group of 100 gets each message once (I4)") {
  const auto& owner = crowd()[100];
  const auto group = create_group(owner, first(99));
  std::vector<session> phones;
  for (const auto& member : first(99))
    phones.push_back(member.open());
  auto sender = owner.open();
  for (int i = 0; i < 5; ++i)
    sender.say(group, std::to_string(i));
  for (auto& phone : phones) {
    phone.wait_for({{"t", "msg"}, {"conv", group}, {"seq", 6}});
    CHECK(numbers_of(phone.seen({{"t", "msg"}, {"conv", group}}), "seq")
          == std::vector<int64_t>{2, 3, 4, 5, 6});
  }
}

TEST_CASE("deleting leaves everyone as if removed and erases nothing") {
  const auto alice = register_account(node(), "alice");
  const auto bob = register_account(node(), "bob");
  const auto group = create_group(alice, {bob});
  auto phone = bob.open();
  phone.say(group, "last words");
  CHECK(succeeded(alice.remove(group_path(group))));
  CHECK(includes(phone.wait_for({{"t", "group"}, {"deleted", true}}),
                 {{"conv", group}, {"seq", 3}, {"from", alice.user()}}));
  for (const auto& former : {alice, bob}) {
    CHECK(numbers_of(whole_history(former, group), "seq")
          == std::vector<int64_t>{1, 2, 3});
    CHECK(field(listed(former, group), "left") == true);
    CHECK(error_code(former.open().request({{"t", "send"},
                                            {"cid", fresh_cid()},
                                            {"conv", group},
                                            {"body", "hello?"}}))
          == "forbidden");
  }
  CHECK_FALSE(succeeded(add(alice, group, {bob})));
}

TEST_CASE("groups survive a restart, rosters and roles included") {
  server_process mine;
  const auto alice = register_account(mine, "alice");
  const auto bob = register_account(mine, "bob");
  const auto carol = register_account(mine, "carol");
  const auto group = create_group(alice, {bob, carol}, "kept");
  set_role(alice, group, bob, "admin");
  alice.remove(group_path(group, "/members/" + carol.user()));
  mine.kill();
  mine.restart();
  CHECK(text_of(alice.get(conversation_path(group)).object(), "name")
        == "kept");
  CHECK(text_of(member_of(alice, group, bob), "role") == "admin");
  CHECK(member_count(alice, group) == 2);
}

} // namespace
} // namespace parley::test
