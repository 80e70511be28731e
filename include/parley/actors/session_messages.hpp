#pragma once

#include "parley/actors/wire.hpp"
#include "parley/base/clock.hpp"
#include "parley/base/shared_bytes.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <string>
#include <vector>

/// What is said about sessions, and to them, beside durable events.
namespace parley {

/// A session begins: the partition of its user remembers it, ends the one that
/// it replaces, and passes this on to the user, who answers `attached` or
/// ends the session. A session attaches again when its partition has another
/// leader.
struct attach {
  caf::actor session;
  std::string id;
  std::string device;
  std::string login;   ///< The token's `sid`; empty for external tokens.
  bool create = false; ///< An external login: make the user at first sight.
  bool resumes = false;
  uint64_t since = 0; ///< If `resumes`.
  bool away = false;  ///< What the client said last; see `set_status`.
  bool again = false; ///< It was attached before, to another leader.
  uint64_t acked = 0; ///< If `again`: its device has everything up to here.
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, attach& x) {
  return fields(f, x.session, x.id, x.device, x.login, x.create, x.resumes,
                x.since, x.away, x.again, x.acked);
}

struct attached {
  uint64_t epoch = 0;
  uint64_t head = 0;  ///< The inbox's head, for `ready`.
  uint64_t start = 0; ///< Events past this follow.
  std::string reset;  ///< Not empty: why `since` was not honoured.
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, attached& x) {
  return fields(f, x.epoch, x.head, x.start, x.reset);
}

/// A session is over; so that nobody sends to it any more.
struct detach {
  std::string id;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, detach& x) {
  return fields(f, x.id);
}

/// Tells a session to close its connection with this code.
struct end_session {
  uint16_t code = 0; ///< A protocol::close_code.
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, end_session& x) {
  return fields(f, x.code);
}

/// Ends those sessions of a user that match; empty members match all.
struct end_sessions {
  std::string id;
  std::string device;
  std::string login;
  std::string except_login; ///< Not empty: spare this login's sessions.
  uint16_t code = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, end_sessions& x) {
  return fields(f, x.id, x.device, x.login, x.except_login, x.code);
}

/// The client says that it is here, or away.
struct set_status {
  std::string id;
  bool away = false;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, set_status& x) {
  return fields(f, x.id, x.away);
}

/// An ephemeral event for a session; dropped when it cannot keep up.
struct ephemeral {
  shared_bytes json;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, ephemeral& x) {
  return fields(f, x.json);
}

/// A member's cursor moved, for a session to merge and tell at most once a
/// second.
struct cursor_moved {
  std::string conv;
  std::string user;
  uint64_t read = 0;      ///< 0: did not move.
  uint64_t delivered = 0; ///< 0: did not move.
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, cursor_moved& x) {
  return fields(f, x.conv, x.user, x.read, x.delivered);
}

/// Asks a partition for its live sessions, or those of one of its users;
/// answered by `session_rows`.
struct get_sessions {};
struct session_row {
  std::string user;
  std::string id;
  std::string device;
  std::string login;
  bool away = false;
  timestamp since = 0;
  caf::node_id at; ///< The node that its client is connected to.
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, session_row& x) {
  return fields(f, x.user, x.id, x.device, x.login, x.away, x.since, x.at);
}

struct session_rows {
  std::vector<session_row> rows;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, session_rows& x) {
  return fields(f, x.rows);
}

/// The same for all sessions of a user, by way of the partition.
struct tell_sessions {
  std::string except; ///< A session id that already knows, or empty.
  caf::message what;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, tell_sessions& x) {
  return fields(f, x.except, part(x.what));
}

/// The node stops: tell the client where to go, and end with 4000.
struct drain {
  std::vector<std::string> urls; ///< One is as good as another.
  int64_t within_ms = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, drain& x) {
  return fields(f, x.urls, x.within_ms);
}

} // namespace parley
