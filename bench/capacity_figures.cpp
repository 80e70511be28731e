#include "capacity_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace parley::bench {

namespace {

constexpr figure<assumptions> assumed[] = {
    {"daily_users", &assumptions::daily_users, 1, 1e10, "users of a day"},
    {"online_share", &assumptions::online_share, 0, 1,
     "of them, connected at the peak"},
    {"devices", &assumptions::devices, 1, 100, "sessions of a connected user"},
    {"visits_per_day", &assumptions::visits_per_day, 0, 1e5,
     "connects of a user's session"},
    {"sent_per_day", &assumptions::sent_per_day, 0, 1e6,
     "messages that a user sends"},
    {"group_share", &assumptions::group_share, 0, 1,
     "of them, to a group; the rest is direct"},
    {"group_size", &assumptions::group_size, 2, 100,
     "members of a group, the mean by messages"},
    {"body_bytes", &assumptions::body_bytes, 1, 400'000,
     "mean of a message's text"},
    {"peak_to_mean", &assumptions::peak_to_mean, 1, 100,
     "the busiest minutes of a day to its mean"},
    {"contacts", &assumptions::contacts, 0, 200, "users on a watch list"},
    {"pushes_per_day", &assumptions::pushes_per_day, 0, 1e5,
     "notifications to a user who is away"},
    {"days", &assumptions::days, 1, 36'500, "of messages on the disks"},
    {"replicas", &assumptions::replicas, 1, 9, "of each partition"},
    {"link_us", &assumptions::link_us, 0, 1e6,
     "CPU of a message between nodes, µs, both ends together"},
    {"replica_write_us", &assumptions::replica_write_us, 0, 1e6,
     "CPU of writing a record at a follower, µs"},
    {"link_bytes", &assumptions::link_bytes, 0, 1e6,
     "bytes of a message between nodes besides a body"},
    {"push_us", &assumptions::push_us, 0, 1e7,
     "CPU of a notification, µs: encryption, HTTP/2 over TLS"},
    {"packet_bytes", &assumptions::packet_bytes, 0, 1500,
     "headers of a packet: Ethernet, IP, TCP"},
    {"core_worth", &assumptions::core_worth, 0.01, 100,
     "measured cores that one core of a node is worth when all are busy"},
    {"node_cores", &assumptions::node_cores, 1, 4096, "cores of a node"},
    {"node_memory_gib", &assumptions::node_memory_gib, 1, 1e5,
     "memory of a node, GiB"},
    {"node_base_gib", &assumptions::node_base_gib, 0, 1e5,
     "of it, taken anyway: system, caches, write buffers, GiB"},
    {"node_disk_tb", &assumptions::node_disk_tb, 0.001, 1e5,
     "disk of a node, TB"},
    {"node_network_gbit", &assumptions::node_network_gbit, 0.001, 1e5,
     "network of a node, Gbit/s each way"},
    {"node_sessions", &assumptions::node_sessions, 1, 1e8,
     "sessions of a node at most (`http.connections_max`)"},
    {"cpu_target", &assumptions::cpu_target, 0.01, 1,
     "of a node's cores, busy at the peak"},
    {"memory_target", &assumptions::memory_target, 0.01, 1,
     "of its memory, used"},
    {"disk_target", &assumptions::disk_target, 0.01, 1, "of its disk, used"},
    {"network_target", &assumptions::network_target, 0.01, 1,
     "of its network, used at the peak"},
    {"spare_share", &assumptions::spare_share, 0, 10,
     "nodes besides those needed; 0.5: one of three zones may be lost"},
    {"node_month_price", &assumptions::node_month_price, 0, 1e9,
     "a node's price a month, without its data disk"},
    {"disk_tb_month_price", &assumptions::disk_tb_month_price, 0, 1e9,
     "price of a TB of disk a month"},
    {"egress_tb_price", &assumptions::egress_tb_price, 0, 1e9,
     "price of a TB to clients"},
};

constexpr double us_max = 1e7;
constexpr double bytes_max = 1e9;

constexpr figure<unit_costs> measured[] = {
    {"connect_us", &unit_costs::connect_us, 0, us_max,
     "CPU of a connect: upgrade, token, resume, µs"},
    {"idle_us_per_s", &unit_costs::idle_us_per_s, 0, us_max,
     "CPU of an idle session, µs each second"},
    {"direct_us", &unit_costs::direct_us, 0.001, us_max,
     "CPU of a direct message: ordered, synced, delivered, acknowledged, µs"},
    {"group_us", &unit_costs::group_us, 0.001, us_max,
     "CPU of each delivery of a group's message, µs"},
    {"group_size", &unit_costs::group_size, 3, 1000, "members of that group"},
    {"presence_us", &unit_costs::presence_us, 0, us_max,
     "CPU of a change of status, for each session that is told, µs"},
    {"watch_us", &unit_costs::watch_us, 0, us_max,
     "CPU of a watch list, for each user on it, µs"},
    {"session_bytes", &unit_costs::session_bytes, 1, bytes_max,
     "memory of an idle session: connection, actor, row"},
    {"user_bytes", &unit_costs::user_bytes, 0, bytes_max,
     "memory of a user's actors, while they are in use"},
    {"conversation_bytes", &unit_costs::conversation_bytes, 0, bytes_max,
     "memory of a conversation in use, with what it wrote"},
    {"kernel_bytes", &unit_costs::kernel_bytes, 0, bytes_max,
     "memory of a connection in the kernel"},
    {"body_bytes", &unit_costs::body_bytes, 1, 400'000,
     "text of the messages of the figures below"},
    {"sent_bytes", &unit_costs::sent_bytes, 0, bytes_max,
     "from a client, each message sent"},
    {"direct_bytes", &unit_costs::direct_bytes, 0, bytes_max,
     "to clients, each direct message: the event and the ack"},
    {"group_bytes", &unit_costs::group_bytes, 0, bytes_max,
     "to a client, each delivery in a group"},
    {"presence_bytes", &unit_costs::presence_bytes, 0, bytes_max,
     "to a client, each change of status told"},
    {"message_disk_bytes", &unit_costs::message_disk_bytes, 1, bytes_max,
     "on disk, each message, compacted: the entry and its dedupe row"},
    {"inbox_disk_bytes", &unit_costs::inbox_disk_bytes, 0, bytes_max,
     "on disk, each event of an inbox, compacted"},
    {"user_disk_bytes", &unit_costs::user_disk_bytes, 0, bytes_max,
     "on disk, each user, compacted"},
};

template <class Struct>
std::string objections(std::span<const figure<Struct>> to, const Struct& in) {
  std::string result;
  for (const auto& each : to)
    // Written so that what is no number is out of range, too.
    if (auto value = in.*each.at; !(value >= each.min && value <= each.max))
      result += fmt::format("{}{} is {:g}, expected {:g} to {:g}",
                            result.empty() ? "" : "; ", each.key, value,
                            each.min, each.max);
  return result;
}

void object(const std::string& what) {
  if (!what.empty())
    throw std::runtime_error{what};
}

} // namespace

std::span<const figure<assumptions>> assumption_figures() {
  return assumed;
}

std::span<const figure<unit_costs>> cost_figures() {
  return measured;
}

void assume(assumptions& in, std::string_view text) {
  auto split = text.find('=');
  auto key = text.substr(0, split);
  auto found = std::ranges::find(assumed, key, &figure<assumptions>::key);
  if (found == std::end(assumed))
    throw std::runtime_error{
        fmt::format("{}: no such assumption; parley-bench capacity --list "
                    "shows them all",
                    key)};
  if (split == std::string_view::npos)
    throw std::runtime_error{fmt::format("{}: expected {}=VALUE", key, key)};
  auto digits = text.substr(split + 1);
  double value = 0;
  auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size())
    throw std::runtime_error{fmt::format("{}: '{}' is no number", key, digits)};
  if (!(value >= found->min && value <= found->max))
    throw std::runtime_error{fmt::format("{} is {:g}, expected {:g} to {:g}",
                                         key, value, found->min, found->max)};
  in.*found->at = value;
}

void check(const assumptions& x) {
  object(objections(assumption_figures(), x));
  if (x.replicas != std::floor(x.replicas))
    throw std::runtime_error{
        fmt::format("replicas is {:g}, expected a whole number", x.replicas)};
  if (x.node_base_gib >= x.node_memory_gib * x.memory_target)
    throw std::runtime_error{
        "node_base_gib leaves no memory for sessions: it must be below "
        "node_memory_gib times memory_target"};
}

void check(const unit_costs& x) {
  object(objections(cost_figures(), x));
}

} // namespace parley::bench
