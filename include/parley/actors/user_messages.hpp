#pragma once

#include "parley/actors/wire.hpp"
#include "parley/base/clock.hpp"
#include "parley/history/records.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// Requests to a user; each is answered by `answer` or an error, unless it says
/// otherwise.
namespace parley {

struct create_account {
  std::string display_name;
  std::string password_hash;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, create_account& x) {
  return f(x.display_name, x.password_hash);
}

/// May the user of a sound token act? Makes the account of an external login at
/// first sight. Answered by an empty `answer`; errors: `unauthenticated` (no
/// such account, or disabled).
struct admit {
  bool create = false;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, admit& x) {
  return f(x.create);
}

/// Answered by `account`.
struct get_account {};
struct account {
  history::account_record record;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, account& x) {
  return f(x.record);
}

struct get_profile {};
struct patch_profile {
  std::optional<std::string> display_name;
  std::optional<std::string> about;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, patch_profile& x) {
  return f(part(x.display_name), part(x.about));
}

/// Replaces the password and ends all logins but `except_login`.
struct set_password {
  std::string password_hash;
  std::string except_login;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, set_password& x) {
  return f(x.password_hash, x.except_login);
}

struct set_disabled {
  bool on = false;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, set_disabled& x) {
  return f(x.on);
}

/// Makes a login; answered by `login_opened`.
struct open_login {
  timestamp expires = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, open_login& x) {
  return f(x.expires);
}

/// Exchanges a refresh token's secret; answered by `login_opened`.
struct refresh_login {
  std::string login;
  std::string secret;
  timestamp expires = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, refresh_login& x) {
  return f(x.login, x.secret, x.expires);
}

struct login_opened {
  std::string login;
  std::string secret;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, login_opened& x) {
  return f(x.login, x.secret);
}

/// Ends a login and its sessions.
struct close_login {
  std::string login;
  std::string secret;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, close_login& x) {
  return f(x.login, x.secret);
}

struct get_conversations {
  size_t limit = 0;
  std::string cursor;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, get_conversations& x) {
  return f(x.limit, x.cursor);
}

/// The user read a conversation up to `seq`; no answer.
struct mark_read {
  std::string conv;
  uint64_t seq = 0;
  std::string session;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, mark_read& x) {
  return f(x.conv, x.seq, x.session);
}

/// From the conversation, behind its deliveries: read up to here.
struct read_upto {
  std::string conv;
  uint64_t seq = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_upto& x) {
  return f(x.conv, x.seq);
}

struct mute {
  std::string conv;
  timestamp until = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, mute& x) {
  return f(x.conv, x.until);
}

struct set_block {
  std::string user;
  bool on = false;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, set_block& x) {
  return f(x.user, x.on);
}

struct get_blocks {};
/// Whether `by` may add this user to a group: answered by an empty `answer`,
/// `not_found` (no such user) or `forbidden` (blocked).
struct may_add {
  std::string by;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, may_add& x) {
  return f(x.by);
}

struct get_devices {};
/// Answered by an empty `answer` or `not_found`.
struct name_device {
  std::string device;
  std::string name; ///< Empty: it has none any more.
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, name_device& x) {
  return f(x.device, x.name);
}

struct remove_device {
  std::string device;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, remove_device& x) {
  return f(x.device);
}

} // namespace parley
