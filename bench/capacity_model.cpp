#include "capacity_model.hpp"

#include <algorithm>
#include <cmath>

namespace parley::bench {

namespace {

constexpr double day_s = 86'400;
constexpr double month_days = 365.0 / 12;
constexpr double gibibyte = 1024.0 * 1024 * 1024;
constexpr double terabyte = 1e12;
constexpr double us_per_s = 1e6;

/// Of the server, by its defaults: actors.passivate_after, http.ping_interval,
/// storage.inbox_days and inbox_rows.
constexpr double actor_idle_s = 20;
constexpr double ping_every_s = 25;
constexpr double inbox_days = 30;
constexpr double inbox_rows = 10'000;

/// Rates at the peak, each second.
struct rates {
  double recipients = 0; ///< Of a message, the mean.
  double messages = 0;
  double deliveries = 0; ///< To users other than the sender.
  double writes = 0;     ///< Of events to sockets.
  double links = 0;      ///< Messages between nodes, but for replication.
  double records = 0;    ///< Sent to followers.
  double connects = 0;
  double told = 0; ///< Changes of status, of each session that is told.
  double pushes = 0;
};

rates rates_of(const assumptions& by) {
  rates x;
  auto per_s = [&](double per_user_day) {
    return by.daily_users * per_user_day / day_s * by.peak_to_mean;
  };
  x.recipients = (1 - by.group_share) + by.group_share * (by.group_size - 1);
  x.messages = per_s(by.sent_per_day);
  x.deliveries = x.messages * x.recipients;
  // The sender's other sessions are written to as well.
  x.writes = x.deliveries * by.devices + x.messages * (by.devices - 1);
  x.connects = per_s(by.visits_per_day * by.devices);
  // A visit begins and ends; a watcher has to be connected to be told.
  x.told =
      per_s(by.visits_per_day) * 2 * by.contacts * by.online_share * by.devices;
  x.pushes = per_s(by.pushes_per_day);
  // To the conversation and back; to each member's home and back; from there
  // to sessions. In a large cluster nearly all of it leaves the node.
  x.links =
      2 * x.messages + 2 * (x.deliveries + x.messages) + x.writes + x.told;
  // One of the conversation, one of each member's inbox.
  x.records = (2 * x.messages + x.deliveries) * (by.replicas - 1);
  return x;
}

/// Splits the cost of a message from that of each delivery: one message in a
/// group of n costs message + (n - 1) deliveries, a direct one of each.
struct split_cost {
  double message = 0;
  double delivery = 0;
};

split_cost split(const unit_costs& x) {
  auto others = x.group_size - 1;
  auto delivery = (others * x.group_us - x.direct_us) / (others - 1);
  delivery = std::clamp(delivery, 0.0, x.direct_us);
  return {x.direct_us - delivery, delivery};
}

cpu_needs cpu_of(const unit_costs& costs, const assumptions& by,
                 const rates& at, double sessions) {
  auto [message, delivery] = split(costs);
  cpu_needs x;
  x.messages = at.messages * message;
  x.deliveries = at.writes * delivery;
  x.links = at.links * by.link_us;
  x.replication = at.records * (by.link_us + by.replica_write_us);
  x.sessions = sessions * costs.idle_us_per_s;
  x.connects = at.connects * (costs.connect_us + by.contacts * costs.watch_us);
  x.presence = at.told * costs.presence_us;
  x.push = at.pushes * by.push_us;
  for (auto* each : {&x.messages, &x.deliveries, &x.links, &x.replication,
                     &x.sessions, &x.connects, &x.presence, &x.push})
    *each /= us_per_s;
  return x;
}

memory_needs memory_of(const unit_costs& costs, const assumptions& by,
                       const rates& at, double sessions) {
  // Actors live while something happens: those of users who had an event
  // within that time, sender or recipient; at most one conversation a message.
  auto events_per_user = (at.messages + at.deliveries) / by.daily_users;
  auto awake = by.daily_users * -std::expm1(-events_per_user * actor_idle_s);
  return {.sessions = sessions * costs.session_bytes,
          .kernel = sessions * costs.kernel_bytes,
          .users = awake * costs.user_bytes,
          .conversations =
              at.messages * actor_idle_s * costs.conversation_bytes};
}

network_needs network_of(const unit_costs& costs, const assumptions& by,
                         const rates& at, double sessions) {
  auto longer = by.body_bytes - costs.body_bytes;
  auto event = std::max(costs.group_bytes + longer, 0.0);
  auto ack = std::max(costs.direct_bytes - costs.group_bytes, 0.0);
  auto sent = std::max(costs.sent_bytes + longer, 0.0);
  auto pings = sessions / ping_every_s;
  // At the rate of one user each frame is a packet, and TCP acknowledges it.
  auto packets = at.messages * 2 + at.writes + at.told + 2 * pings;
  auto headers = packets * by.packet_bytes;
  return {.from_clients = at.messages * sent + headers,
          .to_clients = at.writes * event + at.messages * ack
                        + at.told * costs.presence_bytes + headers,
          // Appends, delivers and events carry the body; answers do not.
          .between_nodes =
              (at.links + at.records) * by.link_bytes
              + (2 * at.messages + at.deliveries + at.writes) * by.body_bytes
              // Inboxes refer to the message, a conversation's record has it.
              + at.messages * (by.replicas - 1) * by.body_bytes};
}

disk_needs disk_of(const unit_costs& costs, const assumptions& by,
                   double recipients) {
  // A longer body counts in full, as if it were not compressed.
  auto message = std::max(
      costs.message_disk_bytes + by.body_bytes - costs.body_bytes, 0.0);
  auto events_per_day = by.sent_per_day * (1 + recipients);
  auto kept = std::min(by.days * events_per_day,
                       std::max(inbox_days * events_per_day, inbox_rows));
  auto copies = by.daily_users * by.replicas;
  return {.messages = copies * by.sent_per_day * by.days * message,
          .inboxes = copies * kept * costs.inbox_disk_bytes,
          .users = copies * costs.user_disk_bytes};
}

void count_nodes(capacity& x, const assumptions& by) {
  auto busiest_way = std::max(x.network.from_clients, x.network.to_clients)
                     + x.network.between_nodes;
  auto needed = [&](resource what, double amount, double per_node) {
    x.nodes_for[static_cast<size_t>(what)] =
        std::ceil(std::ceil(amount / per_node) * (1 + by.spare_share));
  };
  needed(resource::cpu, x.cores, by.node_cores * by.cpu_target);
  needed(resource::memory, x.memory.sum(),
         (by.node_memory_gib * by.memory_target - by.node_base_gib) * gibibyte);
  needed(resource::network, busiest_way * 8,
         by.node_network_gbit * by.network_target * 1e9);
  needed(resource::disk, x.disk.sum(),
         by.node_disk_tb * by.disk_target * terabyte);
  needed(resource::sessions, x.sessions, by.node_sessions);
  x.nodes_for[static_cast<size_t>(resource::replicas)] = std::ceil(by.replicas);
  const auto* most = std::ranges::max_element(x.nodes_for);
  x.nodes = *most;
  x.binding = static_cast<resource>(most - x.nodes_for.begin());
}

} // namespace

std::string_view to_string(resource x) {
  constexpr std::array<std::string_view, resources> names{
      "CPU", "memory", "network", "disk", "sessions", "replicas"};
  return names[static_cast<size_t>(x)];
}

capacity compute(const unit_costs& costs, const assumptions& under) {
  check(costs);
  check(under);
  auto at = rates_of(under);
  capacity x;
  x.sessions = under.daily_users * under.online_share * under.devices;
  x.messages_per_s = at.messages;
  x.deliveries_per_s = at.deliveries;
  x.connects_per_s = at.connects;
  x.presence_per_s = at.told;
  x.link_messages_per_s = at.links + at.records;
  x.cpu = cpu_of(costs, under, at, x.sessions);
  x.cores = x.cpu.sum() / under.core_worth;
  x.memory = memory_of(costs, under, at, x.sessions);
  x.network = network_of(costs, under, at, x.sessions);
  x.disk = disk_of(costs, under, at.recipients);
  count_nodes(x, under);
  x.nodes_price = x.nodes * under.node_month_price;
  x.disk_price =
      x.disk.sum() / terabyte / under.disk_target * under.disk_tb_month_price;
  x.egress_tb =
      x.network.to_clients / under.peak_to_mean * day_s * month_days / terabyte;
  x.egress_price = x.egress_tb * under.egress_tb_price;
  return x;
}

std::vector<swing> sensitivity(const unit_costs& costs,
                               const assumptions& under) {
  std::vector<swing> result;
  for (const auto& each : assumption_figures()) {
    if (each.key == "daily_users" || each.key.ends_with("_price"))
      continue;
    auto value = under.*each.at;
    auto at = [&](double other) {
      auto changed = under;
      changed.*each.at = std::clamp(other, each.min, each.max);
      changed.replicas = std::round(changed.replicas);
      // A node that its own base fills is no node.
      if (changed.node_base_gib
          >= changed.node_memory_gib * changed.memory_target)
        changed = under;
      return changed;
    };
    auto low = at(value / 2);
    auto high = at(value * 2);
    result.push_back({each.key, low.*each.at, high.*each.at,
                      compute(costs, low), compute(costs, high)});
  }
  std::ranges::stable_sort(result, std::greater{}, [](const swing& x) {
    return std::abs(x.at_high.price() - x.at_low.price());
  });
  return result;
}

} // namespace parley::bench
