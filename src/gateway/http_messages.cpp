#include "gateway/http_messages.hpp"

#include "gateway/problem.hpp"

#include <boost/beast/http/error.hpp>
#include <fmt/chrono.h>

#include <ctime>

namespace parley::gateway {

namespace http = boost::beast::http;

namespace {

verb verb_of(http::verb x) {
  switch (x) {
    case http::verb::get:
      return verb::get;
    case http::verb::head:
      return verb::head;
    case http::verb::post:
      return verb::post;
    case http::verb::put:
      return verb::put;
    case http::verb::patch:
      return verb::patch;
    case http::verb::delete_:
      return verb::del;
    case http::verb::options:
      return verb::options;
    default:
      return verb::other;
  }
}

std::string text_of(boost::core::string_view x) {
  return {x.data(), x.size()};
}

std::string http_date() {
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT",
                     fmt::gmtime(std::time(nullptr)));
}

} // namespace

http_head head_of(const beast_request& from) {
  http_head head;
  head.method = verb_of(from.method());
  head.target = text_of(from.target());
  head.host = text_of(from[http::field::host]);
  head.origin = text_of(from[http::field::origin]);
  head.authorization = text_of(from[http::field::authorization]);
  head.if_none_match = text_of(from[http::field::if_none_match]);
  head.accept_encoding = joined(from, "Accept-Encoding");
  return head;
}

std::string joined(const beast_request& from, std::string_view field) {
  std::string values;
  for (auto [i, end] = from.equal_range(field); i != end; ++i) {
    if (!values.empty())
      values += ',';
    values += text_of(i->value());
  }
  return values;
}

void fill(beast_response& to, http_reply from) {
  to.result(from.status);
  to.set(http::field::server, "Parley");
  to.set(http::field::date, http_date());
  to.set("X-Content-Type-Options", "nosniff");
  to.set("Referrer-Policy", "no-referrer");
  bool cached = false;
  for (const auto& [name, value] : from.headers) {
    to.insert(name, value);
    cached = cached || name == "Cache-Control";
  }
  if (!cached)
    to.set(http::field::cache_control, "no-store");
  to.body() = std::move(from.body);
  // RFC 9110, 8.6: neither of the two may tell a length of nothing.
  if (from.status == 204 || from.status == 304)
    return;
  to.set(http::field::content_type, from.type);
  to.content_length(to.body().size());
}

std::optional<http_reply> answer_to(error_code failed) {
  if (failed == http::error::end_of_stream
      || failed == http::error::partial_message
      || failed.category()
             != make_error_code(http::error::end_of_stream).category())
    return std::nullopt;
  if (failed == http::error::header_limit
      || failed == http::error::buffer_overflow)
    return problem({errc::too_large, "the request's head is over 8 KiB"}, 431);
  if (failed == http::error::body_limit)
    return problem({errc::too_large, "the request is over its limit"});
  return problem({errc::bad_request, "this is not well-formed HTTP"});
}

} // namespace parley::gateway
