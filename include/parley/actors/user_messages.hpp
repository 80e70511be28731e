#pragma once

#include "parley/actors/wire.hpp"
#include "parley/base/clock.hpp"
#include "parley/history/records.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Requests to a user; each is answered by `answer` or an error, unless it says
/// otherwise.
namespace parley {

struct create_account {
  std::string display_name;
  std::string password_hash;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, create_account& x) {
  return fields(f, x.display_name, x.password_hash);
}

/// May the user of a sound token act? Makes the account of an external login at
/// first sight. Answered by an empty `answer`; errors: `unauthenticated` (no
/// such account, or disabled).
struct admit {
  bool create = false;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, admit& x) {
  return fields(f, x.create);
}

/// Answered by `account`.
struct get_account {};
struct account {
  history::account_record record;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, account& x) {
  return fields(f, x.record);
}

/// Asks any partition of a node for the accounts whose names begin so, out of
/// what its store has of these partitions. Answered by `accounts_found`.
struct find_accounts {
  std::string prefix;
  uint32_t limit = 0;
  std::vector<uint16_t> partitions;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, find_accounts& x) {
  return fields(f, x.prefix, x.limit, x.partitions);
}

/// An account without what nobody else needs to know.
struct found_account {
  std::string user;
  std::string display_name;
  std::string about;
  timestamp created = 0;
  bool disabled = false;
  bool external = false; ///< It has no password.
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, found_account& x) {
  return fields(f, x.user, x.display_name, x.about, x.created, x.disabled,
                x.external);
}

/// In the order of their names, `limit` at most.
struct accounts_found {
  std::vector<found_account> all;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, accounts_found& x) {
  return fields(f, x.all);
}

struct get_profile {};
struct patch_profile {
  std::optional<std::string> display_name;
  std::optional<std::string> about;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, patch_profile& x) {
  return fields(f, part(x.display_name), part(x.about));
}

/// Replaces the password and ends all logins but `except_login`.
struct set_password {
  std::string password_hash;
  std::string except_login;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, set_password& x) {
  return fields(f, x.password_hash, x.except_login);
}

struct set_disabled {
  bool on = false;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, set_disabled& x) {
  return fields(f, x.on);
}

/// Makes a login; answered by `login_opened`.
struct open_login {
  timestamp expires = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, open_login& x) {
  return fields(f, x.expires);
}

/// Exchanges a refresh token's secret; answered by `login_opened`.
struct refresh_login {
  std::string login;
  std::string secret;
  timestamp expires = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, refresh_login& x) {
  return fields(f, x.login, x.secret, x.expires);
}

struct login_opened {
  std::string login;
  std::string secret;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, login_opened& x) {
  return fields(f, x.login, x.secret);
}

/// Ends a login and its sessions.
struct close_login {
  std::string login;
  std::string secret;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, close_login& x) {
  return fields(f, x.login, x.secret);
}

struct get_conversations {
  size_t limit = 0;
  std::string cursor;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, get_conversations& x) {
  return fields(f, x.limit, x.cursor);
}

/// The user read a conversation up to `seq`; no answer.
struct mark_read {
  std::string conv;
  uint64_t seq = 0;
  std::string session;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, mark_read& x) {
  return fields(f, x.conv, x.seq, x.session);
}

/// From the conversation, behind its deliveries: read up to here.
struct read_upto {
  std::string conv;
  uint64_t seq = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_upto& x) {
  return fields(f, x.conv, x.seq);
}

struct mute {
  std::string conv;
  timestamp until = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, mute& x) {
  return fields(f, x.conv, x.until);
}

struct set_block {
  std::string user;
  bool on = false;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, set_block& x) {
  return fields(f, x.user, x.on);
}

struct get_blocks {};
/// Whether `by` may add this user to a group: answered by an empty `answer`,
/// `not_found` (no such user) or `forbidden` (blocked).
struct may_add {
  std::string by;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, may_add& x) {
  return fields(f, x.by);
}

struct get_devices {};
/// Answered by an empty `answer` or `not_found`.
struct name_device {
  std::string device;
  std::string name; ///< Empty: it has none any more.
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, name_device& x) {
  return fields(f, x.device, x.name);
}

struct remove_device {
  std::string device;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, remove_device& x) {
  return fields(f, x.device);
}

} // namespace parley
