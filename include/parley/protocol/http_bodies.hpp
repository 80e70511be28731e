#pragma once

#include "parley/base/entry.hpp"
#include "parley/base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Bodies of HTTP requests to values, checked by form. Each parser takes the
/// body's bytes (any bytes) and answers `bad_frame` for what is not a JSON
/// object in valid UTF-8, else `bad_request` or `too_large` with what was
/// expected.
namespace parley::protocol {

struct register_body {
  std::string user;
  std::string password;
  std::string display_name; ///< The user's name where none was given.
};
struct login_body {
  std::string user; ///< Any text: what is not a name has no account.
  std::string password;
};
struct profile_patch {
  std::optional<std::string> display_name;
  std::optional<std::string> about;
};
struct password_change {
  std::string old_password;
  std::string new_password;
};
struct message_body {
  std::string cid;
  std::string body;
  uint64_t reply_to = 0;
};
struct settings_body {
  std::optional<timestamp> muted_until; ///< null and 0 both unmute.
};
struct group_body {
  std::string cid; ///< Empty: none.
  std::string name;
  /// Without repeats, at most 200 and of any form: whoever makes the group
  /// answers `group_full` and `not_found`.
  std::vector<std::string> members;
};

result<register_body> parse_register(std::string_view body);
result<login_body> parse_login(std::string_view body);
result<std::string> parse_refresh_token(std::string_view body);
result<profile_patch> parse_profile_patch(std::string_view body);
result<password_change> parse_password_change(std::string_view body);
result<message_body> parse_message(std::string_view body);
result<settings_body> parse_settings(std::string_view body);
result<group_body> parse_group(std::string_view body);
result<std::string> parse_group_name(std::string_view body);
result<std::vector<std::string>> parse_users(std::string_view body);
/// Empty for null: the device has no name any more.
result<std::string> parse_device_name(std::string_view body);
result<role> parse_role(std::string_view body);

std::string_view to_string(role x) noexcept;
std::string_view to_string(member_change x) noexcept;

/// RFC 9457 with the contract's `code`; the media type is
/// `application/problem+json`.
std::string encode_problem(const error& why);

} // namespace parley::protocol
