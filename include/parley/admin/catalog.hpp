#pragma once

#include "parley/base/error.hpp"

#include <boost/json/object.hpp>

#include <string_view>
#include <vector>

/// The operator's commands as a table: the control socket checks requests by
/// it, and the command line is made from it.
namespace parley::admin {

enum class value_kind : uint8_t {
  text,
  number, ///< 1 to `argument::max`.
  flag,   ///< true or false; false where it is missing.
  secret, ///< A text that the command line asks for and never shows.
};

struct argument {
  std::string_view name;
  value_kind kind = value_kind::text;
  bool required = false;     ///< A text: positional on the command line.
  std::string_view help;     ///< A sentence without its full stop.
  std::string_view excludes; ///< An argument that must not stand beside it.
  uint64_t max = 0;          ///< Of a number.
};

struct command {
  std::string_view name; ///< One word or two, "users list".
  std::string_view help;
  std::vector<argument> arguments;
  bool acts = false; ///< Changes something, so that the log tells of it.
};

const std::vector<command>& catalog();

/// @returns null if there is no such command.
const command* find(std::string_view name) noexcept;

/// Checks a request's arguments by form. Errors: `bad_request` with the name of
/// the argument; never with a value, since that may be a secret.
result<void> check(const command& what, const boost::json::object& args);

} // namespace parley::admin
