#include "gateway/problem.hpp"
#include "gateway/routes.hpp"

#include "parley/base/metrics.hpp"
#include "parley/base/random.hpp"
#include "parley/model/nearest.hpp"
#include "parley/protocol/json_writer.hpp"

#include <fmt/format.h>

namespace parley::gateway {

/// What stands for a user who is not named.
constexpr size_t who_bytes = 9;

namespace {

/// The node itself, as it knows itself better than its entry does.
model::known_node itself(const services& with) {
  const auto& settings = with.settings();
  return {settings.node.id, settings.http.public_url, settings.node.region,
          static_cast<double>(with.connections.count())
              / settings.http.connections_max,
          with.draining.load()};
}

std::vector<model::known_node> all_nodes(const services& with) {
  std::vector<model::known_node> all;
  if (with.node->alive)
    all = with.node->alive();
  auto self = itself(with);
  std::erase_if(all, [&](const auto& x) { return x.id == self.id; });
  all.push_back(std::move(self));
  return all;
}

} // namespace

/// Near to the region that was asked for; without one, to that of the client.
void discover(const exchange_ptr& x) {
  const auto& with = x->with();
  auto all = all_nodes(with);
  auto asked = x->what().text("region");
  auto region = asked ? std::string{*asked} : with.region_of(x->head().from);
  std::string user{x->what().text("user").value_or("")};
  if (user.empty())
    user = make_secret(who_bytes, *with.node->random);
  model::sort_nearest(all, region, user);
  std::string body;
  protocol::json_writer out{body};
  out.open_object().key("nodes").open_array();
  for (const auto& one : all)
    out.open_object()
        .member("id", one.id)
        .member("url", one.url)
        .member("region", one.region)
        .key("load")
        .raw(fmt::format("{:.3f}", one.load))
        .close_object();
  out.close_array().close_object();
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
