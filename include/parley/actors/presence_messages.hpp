#pragma once

#include "parley/actors/wire.hpp"
#include "parley/base/clock.hpp"
#include "parley/base/hash.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <string>
#include <vector>

/// Who is here: what users, their presence trackers and sessions ask each
/// other.
namespace parley {

/// A session's new watch list; answered by the items of all.
struct watch {
  caf::actor session; ///< Null: only asked, nothing is watched.
  std::vector<std::string> users;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, watch& x) {
  return f(x.session, x.users);
}

/// To a presence tracker: may `watcher` see the user, and what? Answered by
/// `presence_seen`; the session gets later changes.
struct observe {
  std::string watcher;
  caf::actor session;          ///< Null: only asked.
  std::vector<hash128> groups; ///< That the watcher is a member of.
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, observe& x) {
  return f(x.watcher, x.session, x.groups);
}

struct presence_seen {
  std::string user;
  uint8_t status = 0; ///< A protocol::presence_status.
  timestamp last_active = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, presence_seen& x) {
  return f(x.user, x.status, x.last_active);
}

struct unobserve {
  caf::actor_addr session;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, unobserve& x) {
  return f(x.session);
}

/// Asked by the tracker of its user: does `watcher` share a conversation and
/// is there no block between the two? Answered by a bool.
struct shares {
  std::string watcher;
  std::vector<hash128> groups;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, shares& x) {
  return f(x.watcher, x.groups);
}

/// Rights may have changed (a block, a member who left): ask `shares` again.
struct recheck {
  std::string left; ///< Not empty: this watcher is no longer in `group`.
  hash128 group;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, recheck& x) {
  return f(x.left, x.group);
}

} // namespace parley
