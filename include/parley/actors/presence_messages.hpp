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

/// A new watch list of a session of the user that this is addressed to; to the
/// presence hub of its node. Answered by the items of all; later changes come
/// as `ephemeral`s.
struct watch {
  caf::actor session; ///< Null: only asked, nothing is watched.
  std::vector<std::string> users;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, watch& x) {
  return fields(f, x.session, x.users);
}

/// What is to be known of a user.
struct presence_seen {
  std::string user;
  uint8_t status = 0; ///< A protocol::presence_status.
  timestamp last_active = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, presence_seen& x) {
  return fields(f, x.user, x.status, x.last_active);
}

/// Asked by the tracker of its user: does `watcher` share a conversation and
/// is there no block between the two? Answered by a bool.
struct shares {
  std::string watcher;
  std::vector<hash128> groups;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, shares& x) {
  return fields(f, x.watcher, x.groups);
}

/// Rights may be others now: ask `shares` again. To the presence of a user;
/// to the hub, by a watcher's session or by the presence of somebody whom they
/// were not to see: what was refused to that watcher is asked for anew.
struct recheck {
  std::string watcher; ///< Whom alone it concerns; empty: everybody.
  /// With a watcher: they left this group, if any. Without: the user joined it,
  /// which takes nothing from anybody.
  hash128 group;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, recheck& x) {
  return fields(f, x.watcher, x.group);
}

// -- what nodes tell each other ----------------------------------------------

/// Asked by a hub of one of its users: in which groups are they? Answered by
/// `member_groups`.
struct get_groups {};
struct member_groups {
  std::vector<hash128> all; ///< Sorted.
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, member_groups& x) {
  return fields(f, x.all);
}

/// To the presence of a partition, from the hub of a node: which of `users`,
/// all of that partition, may `watcher` see, and what? Answered by `seen_all`.
/// The hub gets `presence_news` of them from then on: once, whoever there
/// watches.
struct observe_all {
  std::string watcher;
  caf::actor hub;              ///< Null: only asked.
  std::vector<hash128> groups; ///< As `member_groups`, when it was asked.
  std::vector<std::string> users;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, observe_all& x) {
  return fields(f, x.watcher, x.hub, x.groups, x.users);
}

struct seen_item {
  std::string user;
  uint8_t status = 0; ///< A protocol::presence_status.
  timestamp last_active = 0;
  bool certain = true;  ///< Not: whoever knows more goes on believing that.
  bool follows = false; ///< Changes will be told.
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, seen_item& x) {
  return fields(f, x.user, x.status, x.last_active, x.certain, x.follows);
}

/// Whoever is left out is not to be seen.
struct seen_all {
  uint64_t epoch = 0; ///< Of the partition's leader.
  std::vector<seen_item> items;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, seen_all& x) {
  return fields(f, x.epoch, x.items);
}

/// From a hub: nobody there watches these any more as `watcher`.
struct unobserve_all {
  std::string watcher;
  caf::actor hub;
  std::vector<std::string> users;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, unobserve_all& x) {
  return fields(f, x.watcher, x.hub, x.users);
}

/// To a hub: what has changed of users whom somebody there watches.
struct presence_news {
  uint64_t epoch = 0;
  std::vector<presence_seen> all;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, presence_news& x) {
  return fields(f, x.epoch, x.all);
}

/// To a hub: `watcher` may no longer see `user`.
struct presence_hidden {
  std::string user;
  std::string watcher;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, presence_hidden& x) {
  return fields(f, x.user, x.watcher);
}

} // namespace parley
