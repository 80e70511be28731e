#include "model/cast.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace parley;
using namespace parley::test;

namespace {

using model::conversation_record;
using names = std::vector<std::string>;
using name_set = std::set<std::string>;

name_set set_of(const names& all) {
  return {all.begin(), all.end()};
}

names members_of(const conversation_record& in) {
  names all;
  for (const auto& m : in.members)
    all.push_back(m.user);
  return all;
}

entry created(uint64_t seq, std::string by, names members) {
  entry x;
  x.kind = entry_kind::group;
  x.seq = seq;
  x.from = std::move(by);
  x.text = "first name";
  x.members = std::move(members);
  return x;
}

entry renamed(uint64_t seq, std::string by, std::string name) {
  auto x = created(seq, std::move(by), {});
  x.text = std::move(name);
  return x;
}

entry ended(uint64_t seq, std::string by, names members) {
  auto x = created(seq, std::move(by), std::move(members));
  x.gone = true;
  return x;
}

entry changed(uint64_t seq, std::string by, std::string user,
              member_change what, role as = role::member) {
  entry x;
  x.kind = entry_kind::member;
  x.seq = seq;
  x.from = std::move(by);
  x.text = std::move(user);
  x.change = what;
  x.as = as;
  return x;
}

conversation_record new_group() {
  conversation_record group;
  group.conv = group_name;
  model::apply(group, created(1, "ann", {"ann", "ben"}));
  return group;
}

/// Makes up changes that a group could have taken, one after the other.
class random_history {
public:
  explicit random_history(uint64_t seed) : random_(seed) {}

  entry next(const conversation_record& in) {
    ++seq_;
    const auto members = members_of(in);
    if (seq_ == 1)
      return created(seq_, "u0", some_users());
    switch (pick(12)) {
      case 0:
        return renamed(seq_, any(members), "name " + std::to_string(seq_));
      case 1:
        return changed(seq_, any(members), any(members), member_change::role,
                       role::admin);
      case 2:
        return message_of(any(members), seq_);
      case 3:
      case 4:
      case 5:
        if (members.size() > 1)
          return changed(seq_, "u0", any(members), member_change::removed);
        break;
      case 6:
      case 7:
        if (members.size() > 1) {
          const auto who = any(members);
          return changed(seq_, who, who, member_change::left);
        }
        break;
      default:
        break;
    }
    return added_or_message(in);
  }

  bool ends() { return pick(40) == 0; }
  uint64_t seq() const { return seq_; }

private:
  entry added_or_message(const conversation_record& in) {
    const auto who = "u" + std::to_string(pick(8));
    if (model::find_member(in, who))
      return message_of(who, seq_);
    return changed(seq_, any(members_of(in)), who, member_change::added);
  }

  names some_users() {
    names all;
    for (size_t i = 0, count = 1 + pick(5); i < count; ++i)
      all.push_back("u" + std::to_string(i));
    return all;
  }

  size_t pick(size_t below) {
    return std::uniform_int_distribution<size_t>{0, below - 1}(random_);
  }

  std::string any(const names& all) { return all.at(pick(all.size())); }

  std::mt19937_64 random_;
  uint64_t seq_ = 0;
};

} // namespace

TEST_CASE("whoever creates a group owns it, the others are members") {
  conversation_record group;
  model::apply(group, created(1, "ann", {"ann", "ben", "cyd"}));
  CHECK(group.name == "first name");
  const std::vector<history::member_record> expected{
      {"ann", role::owner, 1, 0},
      {"ben", role::member, 1, 0},
      {"cyd", role::member, 1, 0}};
  CHECK(group.members == expected);
  CHECK(group.former.empty());
}

TEST_CASE("renaming a group changes its name only") {
  auto group = new_group();
  const auto before = group.members;
  model::apply(group, renamed(2, "ann", "second name"));
  CHECK(group.name == "second name");
  CHECK(group.members == before);
}

TEST_CASE("who comes back is remembered to have left, and reads on (I7)") {
  auto group = new_group();
  model::apply(group, changed(4, "ann", "ben", member_change::removed));
  REQUIRE_FALSE(model::find_member(group, "ben"));
  REQUIRE(model::find_former(group, "ben"));
  CHECK(model::find_former(group, "ben")->until == 4);

  model::apply(group,
               changed(9, "ann", "ben", member_change::added, role::admin));
  CHECK_FALSE(model::find_former(group, "ben"));
  REQUIRE(model::find_member(group, "ben"));
  const auto expected = history::member_record{"ben", role::admin, 9, 4};
  CHECK(*model::find_member(group, "ben") == expected);

  model::apply(group, changed(11, "ben", "ben", member_change::left));
  CHECK(model::find_former(group, "ben")->until == 11);
}

TEST_CASE("a new role is the member's and nobody else's") {
  auto group = new_group();
  model::apply(group,
               changed(2, "ann", "ben", member_change::role, role::owner));
  CHECK(model::find_member(group, "ben")->as == role::owner);
  CHECK(model::find_member(group, "ann")->as == role::owner);
  CHECK(model::find_member(group, "ben")->since == 1);
}

TEST_CASE("a deleted group leaves everyone as if removed and erases nothing") {
  auto group = new_group();
  model::apply(group, ended(5, "ann", {"ann", "ben"}));
  CHECK(group.deleted);
  CHECK(group.members.empty());
  CHECK(group.name == "first name");
  for (const auto* user : {"ann", "ben"})
    CHECK(model::visible_to(group, user, 5) == 5);
}

TEST_CASE("acts on messages change nobody's membership") {
  const auto before = new_group();
  for (auto kind : {entry_kind::msg, entry_kind::edited, entry_kind::deleted,
                    entry_kind::reacted, entry_kind::lost}) {
    CAPTURE(kind);
    auto group = before;
    auto x = message_of("ann", 2);
    x.kind = kind;
    x.text = "ben";
    model::apply(group, x);
    CHECK(group == before);
  }
}

TEST_CASE("a removal goes to the members that stay and to whom it names") {
  auto group = new_group();
  const auto gone = changed(2, "ann", "ben", member_change::removed);
  model::apply(group, gone);
  CHECK(set_of(model::recipients(group, gone)) == name_set{"ann", "ben"});
  const auto next = message_of("ann", 3);
  CHECK(set_of(model::recipients(group, next)) == name_set{"ann"});
}

TEST_CASE("the end of a group goes to everyone that it leaves behind") {
  auto group = new_group();
  const auto end = ended(2, "ann", {"ann", "ben"});
  model::apply(group, end);
  CHECK(set_of(model::recipients(group, end)) == name_set{"ann", "ben"});
}

TEST_CASE("undo and redo walk any history exactly, and find the recipients "
          "that apply had (I4, I7)") {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    random_history history{seed};
    conversation_record group;
    std::vector<entry> entries;
    std::vector<name_set> members{{}};
    std::vector<name_set> recipients;
    for (auto over = false; !over && entries.size() < 60;) {
      over = !entries.empty() && history.ends();
      entries.push_back(over ? ended(history.seq() + 1, "u0", members_of(group))
                             : history.next(group));
      model::apply(group, entries.back());
      members.push_back(set_of(members_of(group)));
      recipients.push_back(set_of(model::recipients(group, entries.back())));
    }

    auto back = members_of(group);
    for (auto i = entries.size(); i-- > 0;) {
      model::undo(back, entries[i]);
      REQUIRE(set_of(back) == members[i]);
      REQUIRE(back.size() == members[i].size());
    }
    auto forth = names{};
    for (size_t i = 0; i < entries.size(); ++i) {
      auto both = members[i];
      model::redo(forth, entries[i]);
      REQUIRE(set_of(forth) == members[i + 1]);
      REQUIRE(forth.size() == members[i + 1].size());
      both.merge(set_of(forth));
      REQUIRE(recipients[i] == both);
    }
  }
}
