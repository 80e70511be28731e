#pragma once

#include "parley/base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::gateway {

/// What a request asks for: its path in decoded segments, its query by name.
struct target {
  std::vector<std::string> segments; ///< None for "/".
  std::vector<std::pair<std::string, std::string>> query;

  /// The value of a query parameter; nothing if there is none.
  std::optional<std::string_view> text(std::string_view name) const;

  /// The same as a decimal number. Errors: `bad_request`.
  result<std::optional<uint64_t>> number(std::string_view name) const;
};

/// Reads a request target (RFC 9112, 3.2: origin-form or absolute-form).
/// Errors: `bad_request` when it is ill-formed, holds control characters or
/// invalid UTF-8, or a query parameter stands twice; `not_found` for a path
/// that names nothing by itself: an empty segment, "." or "..", a segment with
/// a slash or a backslash in it, encoded or not.
result<target> parse_target(std::string_view text);

/// The elements of a list "a,b,c" in their order, without repeats and empty
/// ones.
std::vector<std::string> split_list(std::string_view text);

} // namespace parley::gateway
