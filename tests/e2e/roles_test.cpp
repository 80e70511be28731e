#include "e2e/shared_node.hpp"
#include "support/doctest.hpp"

// Who may do what in a group: the rows of the contract's roles.

namespace parley::test {
namespace {

/// A group with each role in it, and somebody outside.
struct club {
  club()
      : owner(register_account(node(), "owner")),
        admin(register_account(node(), "admin")),
        member(register_account(node(), "member")),
        stranger(register_account(node(), "stranger")),
        group(create_group(owner, {admin, member})) {
    set_role(owner, group, admin, "admin");
  }

  http_response rename(const account& by) const {
    return by.patch(group_path(group), json::object{{"name", "renamed"}});
  }

  http_response add(const account& by, const account& whom) const {
    return by.post(group_path(group, "/members"),
                   json::object{{"users", names({whom})}});
  }

  http_response remove(const account& by, const account& whom) const {
    return by.remove(group_path(group, "/members/" + whom.user()));
  }

  http_response promote(const account& by, const account& whom,
                        const std::string& role) const {
    return by.put(group_path(group, "/members/" + whom.user()),
                  json::object{{"role", role}});
  }

  std::string role_of(const account& whom) const {
    const auto found = member_of(owner, group, whom);
    return found.empty() ? "none" : text_of(found, "role");
  }

  account owner;
  account admin;
  account member;
  account stranger;
  std::string group;
};

TEST_CASE("rename: owner and admin may, member may not, strangers see "
          "nothing") {
  const club at;
  CHECK(succeeded(at.rename(at.owner)));
  CHECK(succeeded(at.rename(at.admin)));
  CHECK(problem(at.rename(at.member)) == "403 forbidden");
  CHECK(problem(at.rename(at.stranger)) == "404 not_found");
}

TEST_CASE("add members: owner and admin may, member may not, strangers see "
          "nothing") {
  const club at;
  const auto more = register_accounts(node(), "more", 3);
  CHECK(succeeded(at.add(at.owner, more[0])));
  CHECK(succeeded(at.add(at.admin, more[1])));
  CHECK(problem(at.add(at.member, more[2])) == "403 forbidden");
  CHECK(problem(at.add(at.stranger, at.stranger)) == "404 not_found");
  CHECK(at.role_of(at.stranger) == "none");
}

TEST_CASE("remove members: owner and admin may, member may not, strangers see "
          "nothing") {
  const club at;
  CHECK(problem(at.remove(at.member, at.admin)) == "403 forbidden");
  CHECK(problem(at.remove(at.stranger, at.member)) == "404 not_found");
  CHECK(succeeded(at.remove(at.admin, at.member)));
  CHECK(at.role_of(at.member) == "none");
  CHECK(succeeded(at.remove(at.owner, at.admin)));
  CHECK(at.role_of(at.admin) == "none");
}

TEST_CASE("an admin can neither remove the owner nor change roles") {
  const club at;
  CHECK(problem(at.remove(at.admin, at.owner)) == "403 forbidden");
  CHECK(problem(at.promote(at.admin, at.member, "admin")) == "403 forbidden");
  CHECK(problem(at.promote(at.admin, at.admin, "owner")) == "403 forbidden");
  CHECK(problem(at.promote(at.admin, at.owner, "member")) == "403 forbidden");
  CHECK(at.role_of(at.owner) == "owner");
}

TEST_CASE("the owner changes roles, and everyone hears of it") {
  const club at;
  auto phone = at.member.open();
  CHECK(succeeded(at.promote(at.owner, at.member, "admin")));
  CHECK(includes(
      phone.wait_for(
          {{"t", "member"}, {"change", "role"}, {"user", at.member.user()}}),
      {{"conv", at.group},
       {"from", at.owner.user()},
       {"user", at.member.user()},
       {"role", "admin"}}));
  CHECK(at.role_of(at.member) == "admin");
  CHECK(succeeded(at.promote(at.owner, at.member, "member")));
  CHECK(at.role_of(at.member) == "member");
}

TEST_CASE("a role that there is not is bad_request, and of a stranger "
          "not_found") {
  const club at;
  CHECK(problem(at.promote(at.owner, at.member, "king")) == "400 bad_request");
  CHECK(problem(at.promote(at.owner, at.stranger, "admin")) == "404 not_found");
  CHECK(problem(at.remove(at.owner, at.stranger)) == "404 not_found");
}

TEST_CASE("delete messages: the sender, an admin and the owner may, a member "
          "may not") {
  const club at;
  auto author = at.owner.open();
  auto admin = at.admin.open();
  auto member = at.member.open();
  const auto remove = [&](session& by, int64_t seq) {
    return error_code(
        by.request({{"t", "delete"}, {"conv", at.group}, {"seq", seq}}));
  };
  CHECK(remove(member, author.say(at.group, "the owner's")) == "forbidden");
  CHECK(remove(admin, author.say(at.group, "the owner's")) == "(ack)");
  CHECK(remove(author, member.say(at.group, "the member's")) == "(ack)");
  CHECK(remove(member, member.say(at.group, "one's own")) == "(ack)");
}

TEST_CASE("delete the group: the owner may, others may not") {
  const club at;
  CHECK(problem(at.admin.remove(group_path(at.group))) == "403 forbidden");
  CHECK(problem(at.member.remove(group_path(at.group))) == "403 forbidden");
  CHECK(problem(at.stranger.remove(group_path(at.group))) == "404 not_found");
  CHECK(succeeded(at.owner.remove(group_path(at.group))));
}

TEST_CASE("everyone may remove themselves, which reads left") {
  const club at;
  auto phone = at.owner.open();
  for (const auto& who : {at.member, at.admin}) {
    CHECK(succeeded(at.remove(who, who)));
    CHECK(includes(
        phone.wait_for(
            {{"t", "member"}, {"user", who.user()}, {"change", "left"}}),
        {{"from", who.user()}, {"user", who.user()}, {"change", "left"}}));
    CHECK(at.role_of(who) == "none");
  }
}

TEST_CASE("the last owner leaves after handing over only") {
  const club at;
  const auto refused = at.remove(at.owner, at.owner);
  CHECK((refused.status == 403 || refused.status == 409));
  CHECK_FALSE(succeeded(at.promote(at.owner, at.owner, "member")));
  CHECK(at.role_of(at.owner) == "owner");
  CHECK(succeeded(at.promote(at.owner, at.member, "owner")));
  CHECK(succeeded(at.remove(at.owner, at.owner)));
  CHECK(text_of(member_of(at.member, at.group, at.member), "role") == "owner");
}

TEST_CASE("a sole member leaves by deleting only") {
  const auto alice = register_account(node(), "alice");
  const auto group = create_group(alice, {});
  const auto refused =
      alice.remove(group_path(group, "/members/" + alice.user()));
  CHECK((refused.status == 403 || refused.status == 409));
  CHECK(succeeded(alice.remove(group_path(group))));
}

TEST_CASE("direct conversations are no groups") {
  const auto alice = register_account(node(), "alice");
  const auto bob = register_account(node(), "bob");
  alice.open().say(direct(alice, bob), "hello");
  const auto path = group_path(direct(alice, bob));
  for (const auto& answer :
       {alice.patch(path, json::object{{"name", "x"}}), alice.remove(path),
        alice.post(path + "/members", json::object{{"users", names({bob})}})})
    CHECK((answer.status == 404 || answer.status == 400));
}

} // namespace
} // namespace parley::test
