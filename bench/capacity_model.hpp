#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What a service of a given size needs, computed from what one node was
/// measured to cost. Values and functions only.
namespace parley::bench {

/// What one node costs, as measured. CPU times are of one core of the machine
/// that was measured.
struct unit_costs {
  double connect_us = 0;
  double idle_us_per_s = 0; ///< Of a connected session that does nothing.
  double direct_us = 0;     ///< Of a message with one recipient.
  double group_us = 0;      ///< Of each delivery of a message to `group_size`.
  double group_size = 0;    ///< Members, the sender included.
  double presence_us = 0;   ///< Of each change told to one session.
  double watch_us = 0;      ///< Of each user on a new watch list.

  double session_bytes = 0;      ///< Idle: connection, session actor, row.
  double user_bytes = 0;         ///< Of a user's actors while in memory.
  double conversation_bytes = 0; ///< Of a conversation's actor likewise.
  double kernel_bytes = 0;       ///< The kernel's part of a connection.

  double body_bytes = 0;     ///< Of the messages of the following figures.
  double sent_bytes = 0;     ///< To the node, each message: frames, `recv`.
  double direct_bytes = 0;   ///< From the node, each message: event and `ack`.
  double group_bytes = 0;    ///< From the node, each delivery in a group.
  double presence_bytes = 0; ///< From the node, each change told.
  double message_disk_bytes = 0; ///< Compacted: the entry and its dedupe row.
  double inbox_disk_bytes = 0;   ///< Compacted: an event in one inbox.
  double user_disk_bytes = 0;    ///< Compacted: all else, for each user.
};

/// What is assumed, and can be set.
struct assumptions {
  double daily_users = 50e6;
  double online_share = 0.25;
  double devices = 1.2;
  double visits_per_day = 10;
  double sent_per_day = 40;
  double group_share = 0.3;
  double group_size = 12;
  double body_bytes = 120;
  double peak_to_mean = 2.5;
  double contacts = 20;
  double pushes_per_day = 15;
  double days = 365;

  double replicas = 3;
  double link_us = 6.3;
  double replica_write_us = 10;
  double link_bytes = 120;
  double push_us = 300;
  double packet_bytes = 66;
  double core_worth = 0.7;

  double node_cores = 8;
  double node_memory_gib = 32;
  double node_base_gib = 6;
  double node_disk_tb = 15;
  double node_network_gbit = 10;
  double node_sessions = 400'000;
  double cpu_target = 0.5;
  double memory_target = 0.7;
  double disk_target = 0.7;
  double network_target = 0.5;
  double spare_share = 0.5;

  double node_month_price = 150;
  double disk_tb_month_price = 40;
  double egress_tb_price = 5;
};

/// One figure of either struct: its name, and what it may be.
template <class Struct>
struct figure {
  std::string_view key;
  double Struct::*at;
  double min;
  double max;
  std::string_view meaning; ///< With its unit.
};

std::span<const figure<assumptions>> assumption_figures();
std::span<const figure<unit_costs>> cost_figures();

/// Sets what `text`, KEY=VALUE, says.
/// @throws std::runtime_error if there is no such key, or the value is no
/// number or out of the key's range.
void assume(assumptions& in, std::string_view text);

/// @throws std::runtime_error with all that is out of range or contradicts
/// itself.
void check(const assumptions& x);
void check(const unit_costs& x);

/// CPU, in cores of the measured machine at the peak.
struct cpu_needs {
  double messages = 0;   ///< Ordering and storing what is sent.
  double deliveries = 0; ///< Inboxes and sockets.
  double links = 0;      ///< Messages between nodes.
  double replication = 0;
  double sessions = 0; ///< Idle ones, with their pings.
  double connects = 0; ///< With watch lists.
  double presence = 0;
  double push = 0;

  double sum() const {
    return messages + deliveries + links + replication + sessions + connects
           + presence + push;
  }
};

/// Memory in bytes at the peak, without what each node takes anyway.
struct memory_needs {
  double sessions = 0;
  double kernel = 0;
  double users = 0;
  double conversations = 0;

  double sum() const { return sessions + kernel + users + conversations; }
};

/// Bytes a second at the peak, packets' headers included.
struct network_needs {
  double from_clients = 0;
  double to_clients = 0;
  double between_nodes = 0; ///< Counted once; each node sends and receives.
};

/// Bytes on all disks after the assumed days.
struct disk_needs {
  double messages = 0;
  double inboxes = 0;
  double users = 0;

  double sum() const { return messages + inboxes + users; }
};

enum class resource : uint8_t {
  cpu,
  memory,
  network,
  disk,
  sessions,
  replicas
};
std::string_view to_string(resource x);
constexpr size_t resources = 6;

struct capacity {
  double sessions = 0;
  double messages_per_s = 0; ///< This and all below: at the peak.
  double deliveries_per_s = 0;
  double connects_per_s = 0;
  double presence_per_s = 0; ///< Changes told, of all sessions.
  double link_messages_per_s = 0;
  cpu_needs cpu;
  double cores = 0; ///< Of the nodes assumed, busy at the peak.
  memory_needs memory;
  network_needs network;
  disk_needs disk;

  /// Nodes that each resource asks for, spare ones included.
  std::array<double, resources> nodes_for{};
  resource binding = resource::cpu;
  double nodes = 0;

  double nodes_price = 0; ///< These and the rest: a month.
  double disk_price = 0;
  double egress_tb = 0;
  double egress_price = 0;

  double price() const { return nodes_price + disk_price + egress_price; }
};

/// @throws std::runtime_error as check() does.
capacity compute(const unit_costs& costs, const assumptions& under);

/// How the result moves with one assumption.
struct swing {
  std::string_view key;
  double low = 0; ///< The values tried: half and twice, or the key's bounds.
  double high = 0;
  capacity at_low;
  capacity at_high;
};

/// Of every assumption but the prices and how many users there are, the one
/// that moves the price most first.
std::vector<swing> sensitivity(const unit_costs& costs,
                               const assumptions& under);

} // namespace parley::bench
