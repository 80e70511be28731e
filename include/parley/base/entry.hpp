#pragma once

#include "parley/base/clock.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace parley {

/// What an entry of a conversation is; the numbers are stored.
enum class entry_kind : uint8_t {
  msg = 1,
  edited = 2,
  deleted = 3,
  reacted = 4,
  group = 5,  ///< Created, renamed or deleted.
  member = 6, ///< Added, removed, left, or another role.
  lost = 7,   ///< The number was lost in a forced recovery.
};

enum class role : uint8_t { member = 1, admin = 2, owner = 3 };
enum class member_change : uint8_t {
  added = 1,
  removed = 2,
  left = 3,
  role = 4
};

/// One `seq` of one conversation as it was committed. Which fields mean
/// something depends on the kind; the others are empty.
struct entry {
  entry_kind kind = entry_kind::msg;
  uint64_t seq = 0;
  timestamp ts = 0;
  std::string from;
  std::string cid;   ///< The client's own; empty if it gave none.
  std::string body;  ///< msg, edited. Empty once deleted (`gone`).
  uint64_t ref = 0;  ///< edited, deleted, reacted: the message. msg: reply_to.
  std::string text;  ///< reacted: emoji. group: name. member: the user.
  bool on = false;   ///< reacted.
  bool gone = false; ///< msg, edited: body deleted. group: the group is.
  member_change change = member_change::added; ///< member.
  role as = role::member;                      ///< member: added, role.
  /// group, when created: everyone. group, when deleted: who it left behind.
  std::vector<std::string> members;

  friend bool operator==(const entry&, const entry&) = default;
};

struct reaction {
  std::string emoji;
  std::string user;
  uint64_t seq = 0; ///< Of the `reacted` entry that set it.

  friend bool operator==(const reaction&, const reaction&) = default;
};

/// What later entries did to a message. Kept apart from it, so that a reaction
/// to a large message writes a small row.
struct overlay {
  uint64_t deleted_seq = 0; ///< Of the `deleted` entry; 0: not deleted.
  timestamp deleted_ts = 0;
  std::vector<uint64_t> edits; ///< The `edited` entries, oldest first.
  timestamp edited_ts = 0;
  std::vector<reaction> reactions; ///< In the order they were set.

  bool empty() const noexcept {
    return deleted_seq == 0 && edits.empty() && reactions.empty();
  }

  friend bool operator==(const overlay&, const overlay&) = default;
};

/// An entry as the history shows it now: `what.body` is the newest body.
struct item {
  entry what;
  timestamp edited_ts = 0; ///< 0: never edited.
  std::vector<reaction> reactions;

  friend bool operator==(const item&, const item&) = default;
};

} // namespace parley
