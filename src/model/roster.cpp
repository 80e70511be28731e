#include "parley/model/roster.hpp"

#include "parley/base/limits.hpp"
#include "parley/base/names.hpp"

#include <algorithm>

namespace parley::model {

namespace {

error unknown_conversation() {
  return {errc::not_found, "no such conversation"};
}

error not_allowed(std::string why) {
  return {errc::forbidden, std::move(why)};
}

bool at_least(const member_record& who, role wanted) {
  return static_cast<uint8_t>(who.as) >= static_cast<uint8_t>(wanted);
}

/// The member, or why `user` is none. A former member knows that the
/// conversation exists.
result<const member_record*> member_or_why(const conversation_record& in,
                                           std::string_view user) {
  if (const auto* who = find_member(in, user))
    return who;
  if (find_former(in, user))
    return not_allowed("no longer a member");
  return unknown_conversation();
}

result<void> require(const conversation_record& in, std::string_view user,
                     role wanted, std::string why) {
  auto who = member_or_why(in, user);
  if (!who)
    return who.error();
  if (!at_least(**who, wanted))
    return not_allowed(std::move(why));
  return {};
}

size_t count_owners(const conversation_record& in) {
  return static_cast<size_t>(
      std::count_if(in.members.begin(), in.members.end(),
                    [](const auto& m) { return m.as == role::owner; }));
}

void add_member(conversation_record& to, const std::string& user, role as,
                uint64_t seq) {
  member_record added{user, as, seq, 0};
  auto former = std::find_if(to.former.begin(), to.former.end(),
                             [&](const auto& f) { return f.user == user; });
  if (former != to.former.end()) {
    added.addressed = former->until;
    to.former.erase(former);
  }
  to.members.push_back(std::move(added));
}

void drop_member(conversation_record& from, const std::string& user,
                 uint64_t seq) {
  std::erase_if(from.members, [&](const auto& m) { return m.user == user; });
  from.former.push_back({user, seq});
}

} // namespace

const member_record* find_member(const conversation_record& in,
                                 std::string_view user) {
  auto i = std::find_if(in.members.begin(), in.members.end(),
                        [&](const auto& m) { return m.user == user; });
  return i == in.members.end() ? nullptr : &*i;
}

const former_record* find_former(const conversation_record& in,
                                 std::string_view user) {
  auto i = std::find_if(in.former.begin(), in.former.end(),
                        [&](const auto& f) { return f.user == user; });
  return i == in.former.end() ? nullptr : &*i;
}

std::optional<uint64_t> visible_to(const conversation_record& in,
                                   std::string_view reader, uint64_t last) {
  if (find_member(in, reader))
    return last;
  if (const auto* former = find_former(in, reader))
    return former->until;
  return std::nullopt;
}

result<void> may_post(const conversation_record& in, std::string_view user) {
  auto who = member_or_why(in, user);
  if (!who)
    return who.error();
  for (const auto& closed : in.closed)
    if (closed.on)
      return not_allowed("there is a block between the two");
  return {};
}

result<void> may_edit(const conversation_record& in, std::string_view user,
                      const entry& target, const overlay& over) {
  if (auto ok = may_post(in, user); !ok)
    return ok;
  if (target.kind != entry_kind::msg || over.deleted_seq != 0)
    return error{errc::not_found, "no such message"};
  if (target.from != user)
    return not_allowed("only its sender edits a message");
  if (over.edits.size() >= limits::edits_max)
    return not_allowed("the message was edited too often");
  return {};
}

result<void> may_delete(const conversation_record& in, std::string_view user,
                        const entry& target) {
  auto who = member_or_why(in, user);
  if (!who)
    return who.error();
  if (target.kind != entry_kind::msg)
    return error{errc::not_found, "no such message"};
  if (target.from != user
      && (!valid_group(in.conv) || !at_least(**who, role::admin)))
    return not_allowed("only its sender or an admin deletes a message");
  return {};
}

result<void> may_react(const conversation_record& in, std::string_view user,
                       const entry& target, const overlay& over,
                       std::string_view emoji, bool on) {
  if (auto ok = may_post(in, user); !ok)
    return ok;
  if (target.kind != entry_kind::msg || over.deleted_seq != 0)
    return error{errc::not_found, "no such message"};
  if (!on)
    return {};
  std::vector<std::string_view> kinds;
  for (const auto& x : over.reactions)
    if (std::find(kinds.begin(), kinds.end(), x.emoji) == kinds.end())
      kinds.push_back(x.emoji);
  if (kinds.size() >= limits::reaction_kinds_max
      && std::find(kinds.begin(), kinds.end(), emoji) == kinds.end())
    return not_allowed("a message takes 20 kinds of reactions");
  return {};
}

result<void> may_rename(const conversation_record& in, std::string_view by) {
  return require(in, by, role::admin, "only admins and owners rename a group");
}

result<void> may_delete_group(const conversation_record& in,
                              std::string_view by) {
  return require(in, by, role::owner, "only an owner deletes a group");
}

result<std::vector<std::string>>
may_add_members(const conversation_record& in, std::string_view by,
                const std::vector<std::string>& wanted) {
  auto ok = require(in, by, role::admin, "only admins and owners add members");
  if (!ok)
    return ok.error();
  std::vector<std::string> fresh;
  for (const auto& user : wanted)
    if (!find_member(in, user)
        && std::find(fresh.begin(), fresh.end(), user) == fresh.end())
      fresh.push_back(user);
  if (in.members.size() + fresh.size() > limits::group_members_max)
    return error{errc::group_full, "a group has at most 100 members"};
  return fresh;
}

result<void> may_set_role(const conversation_record& in, std::string_view by,
                          std::string_view user, role as) {
  if (auto ok = require(in, by, role::owner, "only an owner gives roles"); !ok)
    return ok;
  const auto* who = find_member(in, user);
  if (!who)
    return error{errc::not_found, "no such member"};
  if (who->as == role::owner && as != role::owner && count_owners(in) == 1)
    return not_allowed("the last owner must hand over first");
  return {};
}

result<void> may_remove(const conversation_record& in, std::string_view by,
                        std::string_view user) {
  auto actor = member_or_why(in, by);
  if (!actor)
    return actor.error();
  const auto* who = find_member(in, user);
  if (by == user) {
    if (in.members.size() == 1)
      return not_allowed("the only member deletes the group instead");
    if (who->as == role::owner && count_owners(in) == 1)
      return not_allowed("the last owner must hand over first");
    return {};
  }
  if (!at_least(**actor, role::admin))
    return not_allowed("only admins and owners remove members");
  if (!who)
    return error{errc::not_found, "no such member"};
  if ((*actor)->as != role::owner && who->as != role::member)
    return not_allowed("only an owner removes admins and owners");
  return {};
}

void apply(conversation_record& to, const entry& x) {
  if (x.kind == entry_kind::group) {
    if (x.gone) {
      for (const auto& m : to.members)
        to.former.push_back({m.user, x.seq});
      to.members.clear();
      to.deleted = true;
    } else {
      to.name = x.text;
      for (const auto& user : x.members)
        add_member(to, user, user == x.from ? role::owner : role::member,
                   x.seq);
    }
  } else if (x.kind == entry_kind::member) {
    switch (x.change) {
      case member_change::added:
        add_member(to, x.text, x.as, x.seq);
        break;
      case member_change::removed:
      case member_change::left:
        drop_member(to, x.text, x.seq);
        break;
      case member_change::role:
        for (auto& m : to.members)
          if (m.user == x.text)
            m.as = x.as;
        break;
    }
  }
}

std::vector<std::string> recipients(const conversation_record& after,
                                    const entry& x) {
  std::vector<std::string> names;
  if (x.kind == entry_kind::group && x.gone)
    return x.members;
  names.reserve(after.members.size() + 1);
  for (const auto& m : after.members)
    names.push_back(m.user);
  if (x.kind == entry_kind::member && !find_member(after, x.text))
    names.push_back(x.text);
  return names;
}

void undo(std::vector<std::string>& members, const entry& x) {
  if (x.kind == entry_kind::group) {
    if (x.gone)
      members = x.members;
    else if (!x.members.empty())
      members.clear();
  } else if (x.kind == entry_kind::member) {
    if (x.change == member_change::added)
      std::erase(members, x.text);
    else if (x.change != member_change::role)
      members.push_back(x.text);
  }
}

void redo(std::vector<std::string>& members, const entry& x) {
  if (x.kind == entry_kind::group) {
    if (x.gone)
      members.clear();
    else if (!x.members.empty())
      members = x.members;
  } else if (x.kind == entry_kind::member) {
    if (x.change == member_change::added)
      members.push_back(x.text);
    else if (x.change != member_change::role)
      std::erase(members, x.text);
  }
}

} // namespace parley::model
