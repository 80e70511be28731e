#pragma once

#include "parley/base/entry.hpp"
#include "parley/base/error.hpp"
#include "parley/history/records.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Who is in a conversation and what they may do: plain decisions over a
/// conversation's record. Whoever has no business with a conversation gets
/// `not_found`, as if it did not exist (I7).
namespace parley::model {

using history::conversation_record;
using history::former_record;
using history::member_record;

const member_record* find_member(const conversation_record& in,
                                 std::string_view user);
const former_record* find_former(const conversation_record& in,
                                 std::string_view user);

/// The last `seq` that `reader` may see, of `last` in all; nothing if the
/// conversation does not exist for them.
std::optional<uint64_t> visible_to(const conversation_record& in,
                                   std::string_view reader, uint64_t last);

/// Errors: `not_found`, `forbidden` (a former member, a block).
result<void> may_post(const conversation_record& in, std::string_view user);

/// By its sender. `target` is the message. Errors: as may_post; `not_found`
/// (not a message, or deleted), `forbidden`.
result<void> may_edit(const conversation_record& in, std::string_view user,
                      const entry& target, const overlay& over);

/// By its sender, or a group's admin or owner.
result<void> may_delete(const conversation_record& in, std::string_view user,
                        const entry& target);

result<void> may_react(const conversation_record& in, std::string_view user,
                       const entry& target, const overlay& over,
                       std::string_view emoji, bool on);

result<void> may_rename(const conversation_record& in, std::string_view by);
result<void> may_delete_group(const conversation_record& in,
                              std::string_view by);

/// The users of `wanted` that are not members yet, if all of them fit. Errors:
/// `not_found`, `forbidden`, `group_full`.
result<std::vector<std::string>>
may_add_members(const conversation_record& in, std::string_view by,
                const std::vector<std::string>& wanted);
result<void> may_set_role(const conversation_record& in, std::string_view by,
                          std::string_view user, role as);
result<void> may_remove(const conversation_record& in, std::string_view by,
                        std::string_view user);

/// Changes the record by an entry that was given its `seq`: kinds `group` and
/// `member` do something.
void apply(conversation_record& to, const entry& x);

/// Who an entry is addressed to, `after` being the record with it applied:
/// everyone in it, and the user that it names.
std::vector<std::string> recipients(const conversation_record& after,
                                    const entry& x);

/// Walks back: turns the members as of `x` into the members before it. Only
/// names matter to the replay; roles are not restored.
void undo(std::vector<std::string>& members, const entry& x);

/// Walks forward over names only; the opposite of `undo`.
void redo(std::vector<std::string>& members, const entry& x);

} // namespace parley::model
