#pragma once

#include "parley/actors/wire.hpp"
#include "parley/base/shared_bytes.hpp"

#include <string>

/// A message for a user, a conversation or a presence tracker begins with its
/// address and goes to the partition that the name lives in, which activates
/// the actor and passes the message on.
namespace parley {

struct to_user {
  std::string name;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, to_user& x) {
  return fields(f, x.name);
}

struct to_conversation {
  std::string name;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, to_conversation& x) {
  return fields(f, x.name);
}

struct to_presence {
  std::string name; ///< The user whose presence it is.
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, to_presence& x) {
  return fields(f, x.name);
}

/// The reply to every request that a client's words caused: the members of a
/// JSON object, without its braces, encoded where they were known.
struct answer {
  shared_bytes fields;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, answer& x) {
  return fields(f, x.fields);
}

} // namespace parley
