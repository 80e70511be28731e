#pragma once

#include "parley/actors/wire.hpp"
#include "parley/base/entry.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Requests to a conversation; each is answered by `answer` or an error, unless
/// it says that it has no answer.
namespace parley {

struct get_history {
  std::string reader;
  std::optional<uint64_t> before;
  std::optional<uint64_t> after;
  size_t limit = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, get_history& x) {
  return fields(f, x.reader, part(x.before), part(x.after), x.limit);
}

struct get_conversation {
  std::string reader; ///< Empty: the operator, who may see it all.
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, get_conversation& x) {
  return fields(f, x.reader);
}

struct create_group {
  std::string by;
  std::string cid;
  std::string name;
  std::vector<std::string> members;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, create_group& x) {
  return fields(f, x.by, x.cid, x.name, x.members);
}

struct rename_group {
  std::string by;
  std::string name;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, rename_group& x) {
  return fields(f, x.by, x.name);
}

struct delete_group {
  std::string by;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, delete_group& x) {
  return fields(f, x.by);
}

struct add_members {
  std::string by;
  std::vector<std::string> users;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, add_members& x) {
  return fields(f, x.by, x.users);
}

struct set_role {
  std::string by;
  std::string user;
  role as = role::member;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, set_role& x) {
  return fields(f, x.by, x.user, x.as);
}

struct remove_member {
  std::string by;
  std::string user;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, remove_member& x) {
  return fields(f, x.by, x.user);
}

/// Closes (or opens) a direct conversation for a block; answered when durable.
struct set_closed {
  std::string by;
  uint64_t version = 0;
  bool on = false;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, set_closed& x) {
  return fields(f, x.by, x.version, x.on);
}

/// A member's cursors move forward; no answer.
struct move_cursor {
  std::string user;
  uint64_t read = 0;
  uint64_t delivered = 0;
  std::string session; ///< Which caused it, or empty.
  bool ahead = false;  ///< The user's inbox does not know `read` yet.
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, move_cursor& x) {
  return fields(f, x.user, x.read, x.delivered, x.session, x.ahead);
}

/// Which name of a group is wanted: as it is now, or as of `show::visible`.
enum class name_of : uint8_t { nobody, now, then };

/// Asks a conversation's home what entries look like to someone who reads up to
/// `visible`. Answered by `shown`, without activating the conversation.
struct show {
  std::vector<uint64_t> seqs; ///< Ascending.
  uint64_t visible = 0;
  uint64_t max_bytes = UINT64_MAX; ///< Of tails; one entry is always shown.
  bool brief = false;              ///< Bodies are cut to a preview.
  name_of name = name_of::nobody;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, show& x) {
  return fields(f, x.seqs, x.visible, x.max_bytes, x.brief, x.name);
}

struct shown_entry {
  uint64_t seq = 0;
  bool found = false; ///< Or it is gone, and there is nothing else here.
  entry_kind kind = entry_kind::msg;
  std::string from;
  std::string text;  ///< brief: the body, cut.
  shared_bytes tail; ///< protocol::encode_tail.
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, shown_entry& x) {
  return fields(f, x.seq, x.found, x.kind, x.from, x.text, x.tail);
}

struct shown {
  std::vector<shown_entry> entries; ///< As asked, as many as fit.
  std::string name;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, shown& x) {
  return fields(f, x.entries, x.name);
}

/// Asks a conversation's home how many messages of (after, until] others than
/// `user` sent. Answered by `unread_count`.
struct count_unread {
  std::string user;
  uint64_t after = 0;
  uint64_t until = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, count_unread& x) {
  return fields(f, x.user, x.after, x.until);
}

struct unread_count {
  uint64_t messages = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, unread_count& x) {
  return fields(f, x.messages);
}

/// Passed on to the other members' sessions; no answer.
struct typing {
  std::string user;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, typing& x) {
  return fields(f, x.user);
}

} // namespace parley
