#include "gateway/problem.hpp"
#include "gateway/routes.hpp"

#include "parley/base/metrics.hpp"
#include "parley/protocol/json_writer.hpp"

#include <fmt/format.h>

namespace parley::gateway {

/// One node answers with itself, whatever region was asked for.
void discover(const exchange_ptr& x) {
  const auto& with = x->with();
  const auto& settings = with.settings();
  auto load = static_cast<double>(with.connections.count())
              / settings.http.connections_max;
  std::string body;
  protocol::json_writer{body}
      .open_object()
      .key("nodes")
      .open_array()
      .open_object()
      .member("id", settings.node.id)
      .member("url", settings.http.public_url)
      .member("region", settings.node.region)
      .key("load")
      .raw(fmt::format("{:.3f}", load))
      .close_object()
      .close_array()
      .close_object();
  x->json(200, std::move(body));
}

void health(const exchange_ptr& x) {
  x->json(200, R"({"status":"alive"})");
}

void readiness(const exchange_ptr& x) {
  if (x->with().ready.load() && !x->with().draining.load())
    x->json(200, R"({"status":"ready"})");
  else
    x->fail({errc::unavailable, "not ready for clients"});
}

void metrics_text(const exchange_ptr& x) {
  http_reply reply;
  reply.type = "text/plain; version=0.0.4; charset=utf-8";
  reply.body = metrics::render();
  x->reply(std::move(reply));
}

void demand_upgrade(const exchange_ptr& x) {
  auto reply =
      problem({errc::bad_request, "expected a WebSocket's upgrade"}, 426);
  reply.headers.emplace_back("Upgrade", "websocket");
  reply.headers.emplace_back("Sec-WebSocket-Version", "13");
  x->reply(std::move(reply));
}

} // namespace parley::gateway
