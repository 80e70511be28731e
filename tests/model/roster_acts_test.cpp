#include "model/cast.hpp"

#include "parley/base/limits.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

using namespace parley;
using namespace parley::test;

namespace {

using model::conversation_record;

constexpr auto ok = errc::none;
constexpr auto no = errc::forbidden;
constexpr auto unknown = errc::not_found;

/// What each kind of person is answered when they try.
struct act {
  const char* what;
  std::function<errc(const conversation_record&, const std::string& by)> run;
  errc owner, admin, member, former, stranger;
};

const std::vector<act> acts{
    {"post",
     [](auto& in, auto& by) { return code_of(model::may_post(in, by)); }, ok,
     ok, ok, no, unknown},
    {"edit their own message",
     [](auto& in, auto& by) {
       return code_of(model::may_edit(in, by, message_of(by), {}));
     },
     ok, ok, ok, no, unknown},
    {"edit another's message",
     [](auto& in, auto& by) {
       return code_of(model::may_edit(in, by, message_of("member-2"), {}));
     },
     no, no, no, no, unknown},
    {"delete their own message",
     [](auto& in, auto& by) {
       return code_of(model::may_delete(in, by, message_of(by)));
     },
     ok, ok, ok, no, unknown},
    {"delete another's message",
     [](auto& in, auto& by) {
       return code_of(model::may_delete(in, by, message_of("owner-2")));
     },
     ok, ok, no, no, unknown},
    {"react",
     [](auto& in, auto& by) {
       return code_of(
           model::may_react(in, by, message_of("owner-2"), {}, "+", true));
     },
     ok, ok, ok, no, unknown},
    {"rename",
     [](auto& in, auto& by) { return code_of(model::may_rename(in, by)); }, ok,
     ok, no, no, unknown},
    {"delete the group",
     [](auto& in, auto& by) {
       return code_of(model::may_delete_group(in, by));
     },
     ok, no, no, no, unknown},
    {"add members",
     [](auto& in, auto& by) {
       return code_of(model::may_add_members(in, by, {"new"}));
     },
     ok, ok, no, no, unknown},
    {"make a member an admin",
     [](auto& in, auto& by) {
       return code_of(model::may_set_role(in, by, "member-2", role::admin));
     },
     ok, no, no, no, unknown},
    {"remove a member",
     [](auto& in, auto& by) {
       return code_of(model::may_remove(in, by, "member-2"));
     },
     ok, ok, no, no, unknown},
    {"remove an admin",
     [](auto& in, auto& by) {
       return code_of(model::may_remove(in, by, "admin-2"));
     },
     ok, no, no, no, unknown},
    {"remove an owner",
     [](auto& in, auto& by) {
       return code_of(model::may_remove(in, by, "owner-2"));
     },
     ok, no, no, no, unknown},
    {"leave",
     [](auto& in, auto& by) { return code_of(model::may_remove(in, by, by)); },
     ok, ok, ok, no, unknown},
};

conversation_record group_of(size_t count) {
  auto group = full_cast();
  group.members.resize(1);
  while (group.members.size() < count)
    group.members.push_back(
        {"m" + std::to_string(group.members.size()), role::member, 1, 0});
  return group;
}

overlay reacted_with(size_t kinds) {
  overlay over;
  for (size_t i = 0; i < kinds; ++i)
    over.reactions.push_back({"kind" + std::to_string(i), "member", i + 10});
  return over;
}

} // namespace

TEST_CASE("every role gets its answer to every act, strangers not_found (I7)") {
  const auto group = full_cast();
  for (const auto& x : acts) {
    CAPTURE(x.what);
    CHECK(x.run(group, "owner") == x.owner);
    CHECK(x.run(group, "admin") == x.admin);
    CHECK(x.run(group, "member") == x.member);
    CHECK(x.run(group, "former") == x.former);
    CHECK(x.run(group, "stranger") == x.stranger);
  }
}

TEST_CASE("a deleted group has former members only, and they may do nothing") {
  auto group = full_cast();
  entry end;
  end.kind = entry_kind::group;
  end.seq = 20;
  end.gone = true;
  model::apply(group, end);
  for (const auto& x : acts) {
    CAPTURE(x.what);
    CHECK(x.run(group, "owner") == no);
    CHECK(x.run(group, "stranger") == unknown);
  }
}

TEST_CASE("the last owner leaves only after handing over") {
  auto group = full_cast();
  REQUIRE(code_of(model::may_remove(group, "owner", "owner")) == ok);
  group.members[1].as = role::member;
  CHECK(code_of(model::may_remove(group, "owner", "owner")) == no);
  CHECK(code_of(model::may_set_role(group, "owner", "owner", role::admin))
        == no);
  CHECK(code_of(model::may_set_role(group, "owner", "owner", role::owner))
        == ok);
  CHECK(code_of(model::may_set_role(group, "owner", "member", role::owner))
        == ok);
  group.members[4].as = role::owner;
  CHECK(code_of(model::may_set_role(group, "owner", "owner", role::admin))
        == ok);
  CHECK(code_of(model::may_remove(group, "owner", "owner")) == ok);
}

TEST_CASE("the only member deletes the group instead of leaving it") {
  auto group = full_cast();
  group.members = {{"owner", role::owner, 1, 0}};
  CHECK(code_of(model::may_remove(group, "owner", "owner")) == no);
  CHECK(code_of(model::may_delete_group(group, "owner")) == ok);
}

TEST_CASE("who is not in the group is neither removed nor given a role") {
  const auto group = full_cast();
  for (const auto* whom : {"stranger", "former"}) {
    CAPTURE(whom);
    CHECK(code_of(model::may_remove(group, "owner", whom)) == unknown);
    CHECK(code_of(model::may_set_role(group, "owner", whom, role::admin))
          == unknown);
  }
}

TEST_CASE("adding is all or nothing at the hundredth member") {
  using list = std::vector<std::string>;
  const auto almost = group_of(limits::group_members_max - 1);
  auto added = model::may_add_members(almost, "owner", {"x"});
  REQUIRE(added.has_value());
  CHECK(*added == list{"x"});
  CHECK(code_of(model::may_add_members(almost, "owner", {"x", "y"}))
        == errc::group_full);

  const auto full = group_of(limits::group_members_max);
  CHECK(code_of(model::may_add_members(full, "owner", {"x"}))
        == errc::group_full);
  added = model::may_add_members(full, "owner", {"m1", "owner"});
  REQUIRE(added.has_value());
  CHECK(added->empty());
}

TEST_CASE("adding counts each new name once and no member at all") {
  using list = std::vector<std::string>;
  const auto almost = group_of(limits::group_members_max - 2);
  const auto added =
      model::may_add_members(almost, "owner", {"x", "m1", "x", "y", "owner"});
  REQUIRE(added.has_value());
  CHECK(*added == list{"x", "y"});
}

TEST_CASE("a block in either direction stops posts, edits and reactions") {
  for (const auto* blocker : {"alice", "bob"}) {
    CAPTURE(blocker);
    auto direct = direct_cast();
    direct.closed = {{blocker, 1, true}};
    for (const auto* by : {"alice", "bob"}) {
      CAPTURE(by);
      CHECK(code_of(model::may_post(direct, by)) == no);
      CHECK(code_of(model::may_edit(direct, by, message_of(by), {})) == no);
      CHECK(code_of(model::may_react(direct, by, message_of(by), {}, "+", true))
            == no);
      CHECK(code_of(model::may_delete(direct, by, message_of(by))) == ok);
    }
    direct.closed.front().on = false;
    CHECK(code_of(model::may_post(direct, "alice")) == ok);
    CHECK(code_of(model::may_post(direct, "bob")) == ok);
  }
}

TEST_CASE("one lifted block leaves the other's in force") {
  auto direct = direct_cast();
  direct.closed = {{"alice", 2, false}, {"bob", 1, true}};
  CHECK(code_of(model::may_post(direct, "alice")) == no);
}

TEST_CASE("in a direct conversation only the sender deletes a message") {
  const auto direct = direct_cast();
  CHECK(code_of(model::may_delete(direct, "alice", message_of("alice"))) == ok);
  CHECK(code_of(model::may_delete(direct, "alice", message_of("bob"))) == no);
}

TEST_CASE("only messages that still are one are edited and reacted to") {
  const auto group = full_cast();
  overlay deleted;
  deleted.deleted_seq = 5;
  const auto mine = message_of("member");
  CHECK(code_of(model::may_edit(group, "member", mine, deleted)) == unknown);
  CHECK(code_of(model::may_react(group, "member", mine, deleted, "+", true))
        == unknown);
  for (auto kind :
       {entry_kind::edited, entry_kind::deleted, entry_kind::reacted,
        entry_kind::group, entry_kind::member, entry_kind::lost}) {
    CAPTURE(kind);
    auto other = mine;
    other.kind = kind;
    CHECK(code_of(model::may_edit(group, "member", other, {})) == unknown);
    CHECK(code_of(model::may_react(group, "member", other, {}, "+", true))
          == unknown);
    CHECK(code_of(model::may_delete(group, "member", other)) == unknown);
  }
}

TEST_CASE("a message takes a thousand edits") {
  const auto group = full_cast();
  overlay over;
  over.edits.resize(limits::edits_max - 1);
  CHECK(code_of(model::may_edit(group, "member", message_of("member"), over))
        == ok);
  over.edits.resize(limits::edits_max);
  CHECK(code_of(model::may_edit(group, "member", message_of("member"), over))
        == no);
}

TEST_CASE("a message takes twenty kinds of reactions") {
  const auto group = full_cast();
  const auto mine = message_of("member");
  auto react = [&](const overlay& over, const char* emoji, bool on) {
    return code_of(model::may_react(group, "member", mine, over, emoji, on));
  };
  CHECK(react(reacted_with(limits::reaction_kinds_max - 1), "new", true) == ok);
  const auto full = reacted_with(limits::reaction_kinds_max);
  CHECK(react(full, "new", true) == no);
  CHECK(react(full, "kind7", true) == ok);
  CHECK(react(full, "new", false) == ok);
}

TEST_CASE("many reactions of one kind count as one") {
  const auto group = full_cast();
  overlay over;
  for (size_t i = 0; i < 3 * limits::reaction_kinds_max; ++i)
    over.reactions.push_back({"same", "u" + std::to_string(i), i});
  CHECK(code_of(model::may_react(group, "member", message_of("owner"), over,
                                 "new", true))
        == ok);
}

TEST_CASE("members see everything, former members their removal, others "
          "nothing (I7)") {
  const auto group = full_cast();
  CHECK(model::visible_to(group, "member", 50) == 50);
  CHECK(model::visible_to(group, "former", 50) == 9);
  CHECK(model::visible_to(group, "stranger", 50) == std::nullopt);
}
