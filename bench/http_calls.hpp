#pragma once

#include "loop.hpp"

#include <boost/beast/http/verb.hpp>
#include <boost/json/value.hpp>

#include <functional>
#include <string>

namespace parley::bench {

struct http_call {
  beast::http::verb verb = beast::http::verb::get;
  std::string path;
  std::string token; ///< Empty: no `Authorization`.
  std::string body;  ///< JSON; empty: none.
};

/// Does `count` calls over a few connections, in any order.
/// @param make gives the call with that index.
/// @param take gets the body of its answer, which had a status of 2xx.
/// @throws std::runtime_error on any other status and on a broken connection.
void call_all(loop& runner, const tcp::endpoint& server, size_t count,
              const std::function<http_call(size_t)>& make,
              const std::function<void(size_t, boost::json::value&)>& take);

/// @throws std::runtime_error if `url` is not `http://HOST:PORT`.
tcp::endpoint endpoint_of(loop& runner, const std::string& url);

} // namespace parley::bench
