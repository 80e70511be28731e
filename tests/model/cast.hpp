#pragma once

#include "parley/model/roster.hpp"

#include <string>
#include <utility>
#include <vector>

/// The people of the roster tests: each name begins as what they are.
namespace parley::test {

inline constexpr auto group_name = "g:01HZX00000000000000000000A";

/// A group with two owners, two admins, two members and someone who was
/// removed at `seq` 9.
inline model::conversation_record full_cast() {
  model::conversation_record group;
  group.conv = group_name;
  group.name = "cast";
  group.members = {
      {"owner", role::owner, 1, 0},   {"owner-2", role::owner, 1, 0},
      {"admin", role::admin, 1, 0},   {"admin-2", role::admin, 1, 0},
      {"member", role::member, 1, 0}, {"member-2", role::member, 1, 0}};
  group.former = {{"former", 9}};
  return group;
}

inline model::conversation_record direct_cast() {
  model::conversation_record direct;
  direct.conv = "dm:alice:bob";
  direct.members = {{"alice", role::member, 1, 0}, {"bob", role::member, 1, 0}};
  return direct;
}

inline entry message_of(std::string from, uint64_t seq = 3) {
  entry x;
  x.seq = seq;
  x.from = std::move(from);
  x.body = "hello";
  return x;
}

inline errc code_of(const result<void>& x) {
  return x ? errc::none : x.error().code;
}

template <class T>
errc code_of(const result<T>& x) {
  return x ? errc::none : x.error().code;
}

} // namespace parley::test
