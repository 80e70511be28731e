#include "admin/call.hpp"

#include "parley/base/metrics.hpp"

#include <cmath>

namespace parley::admin {

namespace {

namespace json = boost::json;

void add_storage(json::object& to, const node_context& node) {
  auto stats = node.store->stats();
  to["storage_bytes"] = stats.bytes_on_disk;
  to["storage_memory_bytes"] = stats.bytes_in_memory;
  to["rows_estimated"] = stats.rows_estimated;
  to["disk_free_bytes"] = stats.disk_free_bytes;
  to["disk_total_bytes"] = stats.disk_total_bytes;
  to["refuses_sends"] = node.refuses_sends.load(std::memory_order_relaxed);
}

void add_gauges(json::object& to) {
  using metrics::gauge;
  to["journal_queue"] = metrics::value(gauge::journal_queue);
  to["reader_queue"] = metrics::value(gauge::reader_queue);
  to["password_queue"] = metrics::value(gauge::password_queue);
  to["user_actors"] = metrics::value(gauge::actors_user);
  to["conversation_actors"] = metrics::value(gauge::actors_conversation);
  to["presence_actors"] = metrics::value(gauge::actors_presence);
  to["push_waiting"] = metrics::value(gauge::push_waiting);
}

} // namespace

void show_status(const call_ptr& on) {
  using namespace std::chrono;
  const auto& node = on->node();
  auto up = steady_clock::now() - on->with.started;
  json::object shown;
  shown["node"] = node.settings.node.id;
  shown["version"] = on->with.version;
  shown["region"] = node.settings.node.region;
  shown["uptime_s"] = duration_cast<seconds>(up).count();
  shown["starts"] = node.starts;
  shown["partitions"] = node.partitions.size();
  shown["connections"] = metrics::value(metrics::gauge::connections);
  shown["sessions"] = metrics::value(metrics::gauge::sessions);
  shown["messages"] = metrics::value(metrics::counter::messages_appended);
  shown["messages_per_s"] = std::round(on->with.messages_per_s() * 10) / 10;
  shown["events"] = metrics::value(metrics::counter::events_delivered);
  add_storage(shown, node);
  add_gauges(shown);
  on->done(reply{{}, std::move(shown), {}});
}

} // namespace parley::admin
