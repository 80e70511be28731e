#include "gateway/dispatch.hpp"

#include "gateway/origin.hpp"
#include "gateway/problem.hpp"
#include "gateway/routes.hpp"
#include "gateway/static_files.hpp"

#include "parley/base/metrics.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace parley::gateway {

namespace {

/// Lets the browser of an allowed origin see every answer, errors too.
class cors_responder final : public responder {
public:
  cors_responder(std::string origin, std::shared_ptr<responder> to)
      : origin_(std::move(origin)), to_(std::move(to)) {}

  void respond(http_reply reply) override {
    add_cors(reply, origin_);
    to_->respond(std::move(reply));
  }

private:
  std::string origin_;
  std::shared_ptr<responder> to_;
};

std::optional<http_reply> file_for(const http_head& head, const target& what) {
  return static_file(fmt::format("{}", fmt::join(what.segments, "/")),
                     {head.if_none_match, head.accept_encoding});
}

/// To "/docs" from "/docs/": a folder's page has one address.
std::optional<http_reply> to_page(const http_head& head) {
  std::string_view address = head.target;
  if (!address.ends_with('/'))
    return std::nullopt;
  address.remove_suffix(1);
  auto what = parse_target(address);
  if (!what || !file_for(head, *what))
    return std::nullopt;
  http_reply reply;
  reply.status = 308;
  reply.headers.emplace_back("Location", address);
  return reply;
}

http_reply wrong_method(const std::string& allow) {
  auto reply = problem({errc::bad_request, "this path has other methods"}, 405);
  reply.headers.emplace_back("Allow", allow);
  return reply;
}

/// The answer where no route has one.
http_reply without_route(const http_head& head, const target& what,
                         std::string allow, const std::string& policy) {
  bool reads = head.method == verb::get || head.method == verb::head;
  std::optional<http_reply> file;
  if (allow.empty())
    file = file_for(head, what);
  if (file && reads) {
    file->headers.emplace_back("Content-Security-Policy", policy);
    return std::move(*file);
  }
  if (file)
    allow = "GET, HEAD";
  if (allow.empty())
    return problem({errc::not_found, "there is nothing here"});
  allow += ", OPTIONS";
  if (head.method == verb::options)
    return options_reply(allow, head.origin);
  return wrong_method(allow);
}

} // namespace

void dispatch(const services_ptr& with, const hub_ptr& on, http_head head,
              std::string body, std::shared_ptr<responder> to) {
  metrics::add(metrics::counter::requests_http);
  if (!with->origins.allows(head.origin, head.host)) {
    to->respond(problem({errc::forbidden, "this origin is not allowed"}));
    return;
  }
  to = std::make_shared<cors_responder>(head.origin, std::move(to));
  auto what = parse_target(head.target);
  if (!what) {
    auto page = to_page(head);
    to->respond(page ? std::move(*page) : problem(what.error()));
    return;
  }
  auto found = find_route(routes(), head.method, what->segments);
  if (!found.to) {
    to->respond(
        without_route(head, *what, std::move(found.allow), with->policy));
    return;
  }
  auto x = std::make_shared<exchange>(
      with, on,
      exchange::request{std::move(head), std::move(*what),
                        std::move(found.params), std::move(body)},
      std::move(to));
  run_route(*found.to, x);
}

} // namespace parley::gateway
