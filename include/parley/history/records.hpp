#pragma once

#include "parley/base/entry.hpp"
#include "parley/base/error.hpp"
#include "parley/base/hash.hpp"
#include "parley/base/limits.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// What is stored, as values. Each has `encode(x)` and `decode(bytes, x)` in
/// codecs.hpp and a key in keys.hpp.
namespace parley::history {

/// The store as a whole; one row.
struct meta_record {
  uint32_t format = 1;
  uint32_t partitions = 128; ///< Fixed with the first start.
  uint64_t starts = 0;       ///< Goes up by one with each start of the node.

  friend bool operator==(const meta_record&, const meta_record&) = default;
};

struct account_record {
  std::string user;
  std::string display_name;
  std::string about;
  timestamp created = 0;
  std::string password_hash; ///< Encoded Argon2id; empty: external login.
  bool disabled = false;

  friend bool operator==(const account_record&,
                         const account_record&) = default;
};

struct member_record {
  std::string user;
  role as = role::member;
  uint64_t since = 0;     ///< `seq` of the entry that (last) added them.
  uint64_t addressed = 0; ///< Last `seq` addressed to them before `since`.

  friend bool operator==(const member_record&, const member_record&) = default;
};

struct former_record {
  std::string user;
  uint64_t until = 0; ///< `seq` of the entry that removed them: read so far.

  friend bool operator==(const former_record&, const former_record&) = default;
};

/// A block inside a direct conversation, as its home knows it.
struct closed_record {
  std::string by;
  uint64_t version = 0; ///< The highest seen; lower ones are old news.
  bool on = false;

  friend bool operator==(const closed_record&, const closed_record&) = default;
};

/// What a conversation decides by. `last_seq` follows from the messages.
struct conversation_record {
  std::string conv;
  std::string name; ///< Groups.
  bool deleted = false;
  std::string created_by;  ///< Groups: with `created_cid`, makes creation
  std::string created_cid; ///< idempotent.
  std::vector<member_record> members;
  std::vector<former_record> former;
  std::vector<closed_record> closed; ///< Direct conversations.

  friend bool operator==(const conversation_record&,
                         const conversation_record&) = default;
};

struct cursor {
  uint64_t read = 0;
  uint64_t delivered = 0;

  friend bool operator==(const cursor&, const cursor&) = default;
};

/// All members' cursors of one conversation, in one row.
using cursors_record = std::map<std::string, cursor>;

/// Where a (sender, `cid`) of a conversation went. Outlives everything.
struct dedupe_record {
  uint64_t seq = 0;
  timestamp ts = 0;
  hash128
      content; ///< Of kind, ref, body, emoji: tells a repeat from a conflict.

  friend bool operator==(const dedupe_record&, const dedupe_record&) = default;
};

/// A conversation with undelivered entries.
struct outbox_record {
  std::string conv;
  uint64_t delivered = 0; ///< Everyone has taken everything up to here.

  friend bool operator==(const outbox_record&, const outbox_record&) = default;
};

/// A conversation or a user that has skipped the numbers which the partition
/// may have lost; see `data_loss`.
struct skipped_record {
  uint64_t epoch = 0; ///< All that was lost up to this epoch.

  friend bool operator==(const skipped_record&,
                         const skipped_record&) = default;
};

/// Where a user's inbox stands, as of its last checkpoint.
struct inbox_record {
  std::string user;
  uint64_t reserved = 0; ///< Every `useq` up to here may have been given out.
  uint64_t last = 0;     ///< The last given out, if `start` is this start.
  uint64_t start = 0;    ///< meta_record::starts when this was written.
  uint64_t listed = 0;   ///< The list records hold everything up to here.
  uint64_t trimmed = 0;  ///< Rows up to here were removed.
  uint64_t entries =
      0; ///< How many entries the inbox ever had, up to `listed`.

  friend bool operator==(const inbox_record&, const inbox_record&) = default;
};

/// One conversation in one user's list.
struct list_record {
  std::string conv;
  uint64_t taken = 0;    ///< Last `seq` that this inbox took.
  uint64_t last_msg = 0; ///< `seq` of the newest `msg`; 0: none yet.
  timestamp last_ts = 0; ///< Of the newest `msg`, else of the first entry.
  uint64_t read = 0;
  uint64_t unread = 0; ///< Others' `msg` past `read`.
  timestamp muted_until = 0;
  bool left = false;

  friend bool operator==(const list_record&, const list_record&) = default;
};

struct device_record {
  std::string device;
  uint64_t acked = 0; ///< Everything up to this `useq` has reached it.
  timestamp last_seen = 0;
  std::string name = {}; ///< By which its user knows it; empty: none.

  friend bool operator==(const device_record&, const device_record&) = default;
};

struct block_record {
  std::string user;
  uint64_t version = 0;
  bool on = false;
  bool pending = false; ///< The direct conversation has not taken it yet.

  friend bool operator==(const block_record&, const block_record&) = default;
};

/// One login: a refresh token and what came of it.
struct login_record {
  std::string login; ///< Its id; stands in access tokens as `sid`.
  hash128 secret;    ///< Of the refresh token in force.
  timestamp issued = 0;
  timestamp expires = 0;

  friend bool operator==(const login_record&, const login_record&) = default;
};

struct presence_record {
  timestamp last_active = 0;

  friend bool operator==(const presence_record&,
                         const presence_record&) = default;
};

enum class push_kind : uint8_t { web = 1, apns = 2, fcm = 3 };

/// Where notifications of one of a user's devices go.
struct subscription_record {
  std::string id;
  push_kind kind = push_kind::web;
  std::string address; ///< web: the endpoint; apns, fcm: the token.
  std::string p256dh;  ///< web: the browser's keys, base64url.
  std::string auth;
  std::string device; ///< That it is for; empty: it did not say.
  std::string login;  ///< That made it; empty: an external one.
  timestamp renewed = 0;

  friend bool operator==(const subscription_record&,
                         const subscription_record&) = default;
};

/// A notification that not all who should have it have yet; one a conversation.
struct push_record {
  std::string conv;
  uint64_t useq = 0; ///< Of the newest event that it stands for,
  uint64_t seq = 0;
  timestamp ts = 0;
  timestamp made = 0; ///< When it was decided for that one.
  std::string title;
  std::string body; ///< Empty unless the settings let text leave.
  uint64_t badge = 0;
  std::vector<std::string> left; ///< Subscriptions, or `webhook_id`.

  friend bool operator==(const push_record&, const push_record&) = default;
};

/// In place of a subscription's id: the operator's webhook.
inline constexpr std::string_view webhook_id = "webhook";

/// A user with events that are not decided yet, or notifications that wait.
struct push_mark_record {
  std::string user;
  uint64_t decided = 0; ///< Everything up to this `useq` is decided.

  friend bool operator==(const push_mark_record&,
                         const push_mark_record&) = default;
};

/// The hours of a user's day without notifications; none if the two are equal.
struct quiet_record {
  uint32_t from = 0;          ///< Minutes of the user's day,
  uint32_t to = 0;            ///< up to here, exclusive.
  int64_t offset_minutes = 0; ///< Of the user's time, east of UTC.

  friend bool operator==(const quiet_record&, const quiet_record&) = default;
};

/// One event in an inbox: a pointer to an entry of a conversation.
struct inbox_entry {
  uint64_t useq = 0;
  hash128 conv;
  uint64_t seq = 0;
  entry_kind kind = entry_kind::msg;
  bool own = false; ///< Sent by the inbox's user.
  timestamp ts = 0; ///< Of the entry.

  friend bool operator==(const inbox_entry&, const inbox_entry&) = default;
};

/// Consecutive events of one inbox, stored as one row under the last `useq`:
/// what arrives together costs one insert.
struct inbox_chunk {
  uint64_t ordinal = 0; ///< How many entries the inbox had before this chunk.
  std::vector<inbox_entry> entries;

  friend bool operator==(const inbox_chunk&, const inbox_chunk&) = default;
};

} // namespace parley::history
