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
  return f(x.reader, part(x.before), part(x.after), x.limit);
}

struct get_conversation {
  std::string reader; ///< Empty: the operator, who may see it all.
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, get_conversation& x) {
  return f(x.reader);
}

struct create_group {
  std::string by;
  std::string cid;
  std::string name;
  std::vector<std::string> members;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, create_group& x) {
  return f(x.by, x.cid, x.name, x.members);
}

struct rename_group {
  std::string by;
  std::string name;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, rename_group& x) {
  return f(x.by, x.name);
}

struct delete_group {
  std::string by;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, delete_group& x) {
  return f(x.by);
}

struct add_members {
  std::string by;
  std::vector<std::string> users;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, add_members& x) {
  return f(x.by, x.users);
}

struct set_role {
  std::string by;
  std::string user;
  role as = role::member;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, set_role& x) {
  return f(x.by, x.user, x.as);
}

struct remove_member {
  std::string by;
  std::string user;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, remove_member& x) {
  return f(x.by, x.user);
}

/// Closes (or opens) a direct conversation for a block; answered when durable.
struct set_closed {
  std::string by;
  uint64_t version = 0;
  bool on = false;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, set_closed& x) {
  return f(x.by, x.version, x.on);
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
  return f(x.user, x.read, x.delivered, x.session, x.ahead);
}

/// Passed on to the other members' sessions; no answer.
struct typing {
  std::string user;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, typing& x) {
  return f(x.user);
}

} // namespace parley
