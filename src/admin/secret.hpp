#pragma once

#include "parley/base/error.hpp"

#include <string>

namespace parley::admin {

/// Reads a password: the first line of the standard input, or typed twice at
/// the terminal without being shown. Errors: `bad_request` when there is none,
/// or no terminal, or the two differ.
result<std::string> read_secret(bool from_stdin);

} // namespace parley::admin
