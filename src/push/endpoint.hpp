#pragma once

#include "parley/base/error.hpp"

#include <string>

namespace parley::push {

/// What is to be known about a URL before anything is sent to it.
struct endpoint {
  std::string url;    ///< Without a fragment.
  std::string origin; ///< Scheme, host, and port unless it is the usual one.
};

/// Takes a URL apart with the parser that will also use it, so that the two
/// cannot differ. Errors: `bad_request` with what was expected.
/// @param allow_private also lets it be `http`, or lead to a private address.
result<endpoint> parse_endpoint(const std::string& url, bool allow_private);

} // namespace parley::push
