#include "gateway/problem.hpp"

#include "parley/base/metrics.hpp"
#include "parley/protocol/http_bodies.hpp"
#include "parley/protocol/json_writer.hpp"

#include <boost/beast/http/status.hpp>

namespace parley::gateway {

namespace {

constexpr std::string_view media_type = "application/problem+json";

void add_hints(http_reply& to, const error& why) {
  if (to.status == 401)
    to.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (why.retry_after_ms > 0)
    to.headers.emplace_back("Retry-After",
                            std::to_string((why.retry_after_ms + 999) / 1000));
}

} // namespace

http_reply problem(const error& why) {
  metrics::add(metrics::counter::requests_refused);
  http_reply reply;
  reply.status = static_cast<unsigned>(http_status(why.code));
  reply.type = media_type;
  reply.body = protocol::encode_problem(why);
  add_hints(reply, why);
  return reply;
}

http_reply problem(const error& why, unsigned status) {
  metrics::add(metrics::counter::requests_refused);
  http_reply reply;
  reply.status = status;
  reply.type = media_type;
  auto title = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(status));
  protocol::json_writer{reply.body}
      .open_object()
      .member("type", "about:blank")
      .member("title", std::string_view{title.data(), title.size()})
      .member("status", status)
      .member("detail", why.message)
      .member("code", parley::to_string(why.code))
      .close_object();
  return reply;
}

} // namespace parley::gateway
