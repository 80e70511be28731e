#pragma once

#include "support/deadline.hpp"
#include "support/json.hpp"
#include "support/server_process.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace parley::test {

using header_list = std::vector<std::pair<std::string, std::string>>;

struct http_request {
  std::string method = "GET";
  std::string target = {};
  std::string body = {};
  std::string token = {}; ///< Empty: no `Authorization`.
  header_list headers = {};
};

struct http_response {
  unsigned status = 0;
  std::map<std::string, std::string> headers; ///< Names in lower case.
  std::string body = {};

  std::string header(const std::string& name) const;

  /// The body as a JSON value, object or array of objects.
  /// @throws std::runtime_error that shows the answer if it isn't one.
  json::value value() const;
  json::object object() const;
  std::vector<json::object> list() const;
};

/// Sends one request over a connection of its own.
/// @throws timed_out, std::runtime_error if no whole answer comes.
http_response fetch(const endpoint& where, const http_request& request);

/// Sends the same request so many times at once.
std::vector<http_response> fetch_together(const endpoint& where,
                                          const http_request& request,
                                          size_t count);

/// "404 not_found" if the answer is a well-formed problem document, where
/// content type, `status` and HTTP status agree; else what is wrong with it.
std::string problem(const http_response& response);

/// A path segment or query value with all but unreserved characters escaped.
std::string percent_encoded(std::string_view text);

} // namespace parley::test
