#include "admin/call.hpp"

#include "parley/admin/limits.hpp"
#include "parley/cluster/member.hpp"
#include "parley/model/rebalance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
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
    const auto copies =
        std::max<size_t>(x.record.replicas.size(), from.replicas);
    auto lags = x.record.isr.size() < copies || x.record.leaving != 0
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
                     const cluster::living_node* alive, const share& its) {
  auto is_empty = its.leads == 0 && its.replicas == 0;
  if (from.draining.count(name) != 0) {
    auto is_left = alive == nullptr || alive->entry.sessions == 0;
    if (!is_empty || !is_left)
      return alive != nullptr ? "draining" : "draining, away";
    return alive != nullptr ? "drained" : "drained, away";
  }
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
    line["state"] = state_of(from, name, alive, its);
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

/// Nodes that can hold replicas: they have a weight, and are not to be empty.
size_t holders(const cluster_picture& from, const std::string& without = {}) {
  size_t count = 0;
  for (const auto& [name, row] : from.members.rows)
    if (row.weight > 0 && name != without && !from.draining.contains(name))
      ++count;
  return count;
}

/// What the operator should know if replicas that should go have nowhere to go;
/// empty if they have.
std::string no_room_note(const cluster_picture& from, size_t room) {
  if (room >= from.replicas)
    return {};
  return fmt::format(
      "Each partition has {} replicas, and only {} other {} hold any: replicas "
      "stay where they are until another node comes. Leadership and clients "
      "move all the same.",
      from.replicas, room, room == 1 ? "node can" : "nodes can");
}

bool is_alive(const cluster_picture& from, const std::string& name) {
  return std::ranges::any_of(
      from.alive, [&](const auto& x) { return x.entry.name == name; });
}

/// Living nodes that could lead, but for one.
size_t leaders_beside(const cluster_picture& from, const std::string& without) {
  size_t count = 0;
  for (const auto& [name, row] : from.members.rows)
    if (row.weight > 0 && name != without && is_alive(from, name)
        && !from.draining.contains(name))
      ++count;
  return count;
}

/// Partitions that nobody else has in sync who belongs to the cluster: what is
/// gone with this node.
size_t only_held_by(const cluster_picture& from, node_id node) {
  const auto known = names(from);
  auto is_other = [&](const auto& in) {
    return in.node != node && known.contains(in.node);
  };
  size_t count = 0;
  for (const auto& [partition, x] : from.records) {
    const auto& isr = x.record.isr;
    auto has_it = model::replication::find_node(isr, node) != nullptr;
    count += has_it && std::ranges::none_of(isr, is_other) ? 1 : 0;
  }
  return count;
}

/// What the controller still has to move, as it plans it itself.
reply plan_of(const cluster_picture& from) {
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
    line["to"] = to != 0 ? name_of(known, to) : "";
    shown.rows.push_back(std::move(line));
  };
  for (const auto& each : all)
    if (each.record.replicas.size() > from.replicas || each.record.leaving != 0)
      add(each.partition, "copying", each.record.leaving,
          model::under_way_to(each.record));
  for (const auto& x : model::plan_moves(all, from.placement, no_limits))
    add(x.partition, "copy", x.leaving, x.coming);
  for (const auto& x : model::plan_hand_overs(all, from.leading_placement,
                                              from.live, no_limits))
    add(x.partition, "lead", x.from, x.to);
  shown.last["count"] = shown.rows.size();
  if (auto note = no_room_note(from, holders(from));
      !from.draining.empty() && !note.empty())
    shown.last["note"] = note;
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

cluster::on_administered acted(const call_ptr& on, std::string note = {}) {
  return [on, note = std::move(note)](const result<void>& x) {
    if (!x)
      return on->done(x.error());
    reply done;
    if (!note.empty())
      done.last["note"] = note;
    on->done(std::move(done));
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
  auto* member = member_of(on);
  if (member == nullptr)
    return;
  member->look([on, member](const cluster_picture& from) {
    auto name = on->text("node");
    if (on->flag("off"))
      return member->drain(name, false, acted(on));
    auto is_known = from.members.rows.contains(name);
    if (is_known && leaders_beside(from, name) == 0)
      return on->refuse(errc::forbidden,
                        fmt::format("no other node that is up could take over "
                                    "from \"{}\"",
                                    name));
    auto note = no_room_note(from, holders(from, name));
    member->drain(name, true, acted(on, note));
  });
}

void remove_node(const call_ptr& on) {
  auto* member = member_of(on);
  if (member == nullptr)
    return;
  member->look([on, member](const cluster_picture& from) {
    auto name = on->text("node");
    auto row = from.members.rows.find(name);
    auto lost = row != from.members.rows.end() && !is_alive(from, name)
                    ? only_held_by(from, row->second.number)
                    : 0;
    if (lost > 0 && !on->flag("accept_data_loss"))
      return on->refuse(
          errc::forbidden,
          fmt::format(
              "{} partitions are in sync on \"{}\" alone; bring it back. "
              "If it is gone for ever, so is what only it has: "
              "--accept-data-loss, and then cluster force-elect",
              lost, name));
    member->remove(name, acted(on, no_room_note(from, holders(from, name))));
  });
}

namespace {

/// Nothing if it is neither a number nor `all`.
std::optional<cluster::forced_wish> wish_of(const call_ptr& on) {
  cluster::forced_wish wish{{}, on->number("gap", lost_gap_default)};
  auto named = on->text("partition");
  if (named == "all")
    return wish;
  uint16_t number = 0;
  auto [end, wrong] =
      std::from_chars(named.data(), named.data() + named.size(), number);
  if (wrong != std::errc{} || end != named.data() + named.size())
    return std::nullopt;
  wish.partition = number;
  return wish;
}

reply forced_of(const std::vector<cluster::forced_leader>& all,
                const std::map<node_id, std::string>& known) {
  reply shown;
  for (const auto& x : all) {
    json::object line;
    line["partition"] = x.partition;
    line["leader"] = name_of(known, x.leader);
    line["epoch"] = x.epoch;
    line["last_epoch"] = x.last.epoch;
    line["last_index"] = x.last.index;
    shown.rows.push_back(std::move(line));
  }
  shown.last["count"] = shown.rows.size();
  return shown;
}

} // namespace

void force_elect(const call_ptr& on) {
  auto* member = member_of(on);
  if (member == nullptr)
    return;
  auto wish = wish_of(on);
  if (!wish)
    return on->refuse(errc::bad_request,
                      "partition: expected its number, or all");
  if (!on->flag("accept_data_loss"))
    return on->refuse(errc::forbidden,
                      "what the members in sync had acknowledged and no other "
                      "replica has is lost by this: --accept-data-loss");
  member->force(*wish, [on, member](const auto& x) {
    if (!x)
      return on->done(x.error());
    member->look([on, all = *x](const cluster_picture& from) {
      on->done(forced_of(all, names(from)));
    });
  });
}

} // namespace parley::admin
