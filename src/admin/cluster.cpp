#include "admin/call.hpp"

#include "parley/cluster/member.hpp"
#include "parley/model/rebalance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace parley::admin {

namespace {

namespace json = boost::json;
using cluster::cluster_picture;
using cluster::node_id;

/// What a node has to do with partitions.
struct share {
  size_t leads = 0;
  size_t replicas = 0;
};

struct tally {
  std::map<node_id, share> shares;
  size_t leaderless = 0;
  size_t not_in_sync = 0; ///< Partitions of which a replica lags or is missing.
};

std::set<node_id> living(const cluster_picture& from) {
  std::set<node_id> all;
  for (const auto& x : from.alive)
    all.insert(x.entry.number);
  return all;
}

tally count(const cluster_picture& from) {
  tally all;
  auto alive = living(from);
  all.leaderless = from.partitions - from.records.size();
  all.not_in_sync = all.leaderless;
  for (const auto& [partition, x] : from.records) {
    for (auto node : x.record.replicas)
      ++all.shares[node].replicas;
    if (alive.count(x.record.leader) != 0)
      ++all.shares[x.record.leader].leads;
    else
      ++all.leaderless;
    auto lags = x.record.isr.size() < x.record.replicas.size()
                || x.record.leaving != 0
                || std::any_of(
                    x.record.isr.begin(), x.record.isr.end(),
                    [&](const auto& in) { return alive.count(in.node) == 0; });
    all.not_in_sync += lags ? 1 : 0;
  }
  return all;
}

std::map<node_id, std::string> names(const cluster_picture& from) {
  std::map<node_id, std::string> all;
  for (const auto& [name, row] : from.members.rows)
    all[row.number] = name;
  return all;
}

std::string name_of(const std::map<node_id, std::string>& all, node_id node) {
  auto found = all.find(node);
  return found != all.end() ? found->second : fmt::format("#{}", node);
}

const char* state_of(const cluster_picture& from, const std::string& name,
                     const cluster::living_node* alive) {
  if (from.draining.count(name) != 0)
    return alive != nullptr ? "draining" : "drained, away";
  if (alive == nullptr)
    return "away";
  return alive->entry.stopping ? "stopping" : "up";
}

reply status_of(const cluster_picture& from) {
  auto all = count(from);
  reply shown;
  for (const auto& [name, row] : from.members.rows) {
    auto node = std::find_if(from.alive.begin(), from.alive.end(),
                             [&, number = row.number](const auto& x) {
                               return x.entry.number == number;
                             });
    const auto* alive = node != from.alive.end() ? &*node : nullptr;
    const auto& its = all.shares[row.number];
    json::object line;
    line["node"] = name;
    line["state"] = state_of(from, name, alive);
    line["region"] = alive != nullptr ? alive->entry.region : "";
    line["zone"] = row.zone;
    line["weight"] = row.weight;
    line["leads"] = its.leads;
    line["replicas"] = its.replicas;
    line["sessions"] = alive != nullptr ? alive->entry.sessions : 0;
    line["version"] = alive != nullptr ? alive->entry.version : "";
    shown.rows.push_back(std::move(line));
  }
  shown.last["partitions"] = from.partitions;
  shown.last["without_leader"] = all.leaderless;
  shown.last["not_in_sync"] = all.not_in_sync;
  shown.last["whole"] = all.not_in_sync == 0 && all.leaderless == 0;
  return shown;
}

template <class Nodes, class Number>
std::string listed(const Nodes& nodes,
                   const std::map<node_id, std::string>& known, Number number) {
  std::string text;
  for (const auto& x : nodes)
    text += (text.empty() ? "" : " ") + name_of(known, number(x));
  return text;
}

reply partitions_of(const cluster_picture& from) {
  auto known = names(from);
  reply shown;
  for (const auto& [partition, x] : from.records) {
    json::object line;
    line["partition"] = partition;
    line["epoch"] = x.record.epoch;
    line["leader"] = name_of(known, x.record.leader);
    line["in_sync"] =
        listed(x.record.isr, known, [](const auto& in) { return in.node; });
    line["replicas"] =
        listed(x.record.replicas, known, [](node_id node) { return node; });
    line["leaving"] =
        x.record.leaving != 0 ? name_of(known, x.record.leaving) : "";
    shown.rows.push_back(std::move(line));
  }
  shown.last["count"] = shown.rows.size();
  return shown;
}

/// What the controller still has to move, as it plans it itself.
reply plan_of(const cluster_picture& from) {
  auto nodes = cluster::to_placement(from.members, from.draining);
  std::vector<model::placed_partition> all;
  for (const auto& [partition, x] : from.records)
    all.push_back({partition, x.record});
  model::rebalance_limits no_limits{from.replicas, all.size(), all.size(),
                                    all.size()};
  auto known = names(from);
  reply shown;
  auto add = [&](uint16_t partition, const char* what, node_id off,
                 node_id to) {
    json::object line;
    line["partition"] = partition;
    line["what"] = what;
    line["from"] = off != 0 ? name_of(known, off) : "";
    line["to"] = name_of(known, to);
    shown.rows.push_back(std::move(line));
  };
  for (const auto& each : all)
    if (each.record.replicas.size() > from.replicas || each.record.leaving != 0)
      add(each.partition, "copying", each.record.leaving,
          each.record.replicas.back());
  for (const auto& x : model::plan_moves(all, nodes, no_limits))
    add(x.partition, "copy", x.leaving, x.coming);
  std::vector<model::replication::live_node> live;
  for (const auto& x : from.alive) {
    live.push_back({x.entry.number, x.incarnation, {}});
    for (auto& node : nodes)
      if (node.node == x.entry.number && x.entry.stopping)
        node.weight = 0;
  }
  for (const auto& x : model::plan_hand_overs(all, nodes, live, no_limits))
    add(x.partition, "lead", x.from, x.to);
  shown.last["count"] = shown.rows.size();
  return shown;
}

/// @returns null, and refuses, if there is no cluster.
cluster::member* member_of(const call_ptr& on) {
  auto* member = on->with.member;
  if (member == nullptr)
    on->refuse(errc::not_found, "the node stands alone: cluster.mode is "
                                "\"standalone\"");
  return member;
}

void show(const call_ptr& on, reply (*as)(const cluster_picture&)) {
  if (auto* member = member_of(on))
    member->look([on, as](const cluster_picture& from) { on->done(as(from)); });
}

cluster::on_administered acted(const call_ptr& on) {
  return [on](const result<void>& x) {
    if (x)
      on->done(reply{});
    else
      on->done(x.error());
  };
}

} // namespace

void show_cluster(const call_ptr& on) {
  show(on, status_of);
}

void list_partitions(const call_ptr& on) {
  show(on, partitions_of);
}

void show_plan(const call_ptr& on) {
  show(on, plan_of);
}

void drain_node(const call_ptr& on) {
  if (auto* member = member_of(on))
    member->drain(on->text("node"), !on->flag("off"), acted(on));
}

void remove_node(const call_ptr& on) {
  if (auto* member = member_of(on))
    member->remove(on->text("node"), acted(on));
}

} // namespace parley::admin
