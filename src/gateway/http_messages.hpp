#pragma once

#include "gateway/http_types.hpp"
#include "gateway/net.hpp"

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>

#include <optional>
#include <string>
#include <string_view>

/// Beast's messages to values and back.
namespace parley::gateway {

using beast_request =
    boost::beast::http::request<boost::beast::http::string_body>;
using beast_response =
    boost::beast::http::response<boost::beast::http::string_body>;

/// A response with the serializer that refers to it.
struct outgoing_response {
  beast_response message;
  boost::beast::http::response_serializer<boost::beast::http::string_body>
      serializer{message};
};

http_head head_of(const beast_request& from);

/// All values of a field, joined by commas.
std::string joined(const beast_request& from, std::string_view field);

/// Fills an empty response, with the headers that every answer has.
void fill(beast_response& to, http_reply from);

/// The answer to a head or body that cannot be read; nothing if the client is
/// gone.
std::optional<http_reply> answer_to(error_code failed);

} // namespace parley::gateway
