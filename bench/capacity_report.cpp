#include "capacity_report.hpp"

#include "quantity.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace parley::bench {

namespace {

namespace json = boost::json;

constexpr size_t swings_shown = 8;
constexpr double gib = 1024.0 * 1024 * 1024;
constexpr double gbit = 1e9 / 8;
constexpr double tb = 1e12;

template <class Struct>
std::string figures_table(std::span<const figure<Struct>> all,
                          const Struct& values) {
  std::string out = "| key | value | meaning |\n|---|---|---|\n";
  for (const auto& each : all)
    fmt::format_to(std::back_inserter(out), "| `{}` | {} | {} |\n", each.key,
                   quantity(values.*each.at), each.meaning);
  return out;
}

std::string results_table(const capacity& x) {
  std::string out = "| at the peak | |\n|---|---|\n";
  auto row = [&](std::string_view what, double value, std::string_view unit) {
    fmt::format_to(std::back_inserter(out), "| {} | {}{}{} |\n", what,
                   quantity(value), unit.empty() ? "" : " ", unit);
  };
  row("sessions", x.sessions, "");
  row("messages sent", x.messages_per_s, "/s");
  row("deliveries", x.deliveries_per_s, "/s");
  row("connects", x.connects_per_s, "/s");
  row("changes of status told", x.presence_per_s, "/s");
  row("messages between nodes", x.link_messages_per_s, "/s");
  row("CPU, cores of the nodes", x.cores, "");
  row("memory", x.memory.sum() / gib, "GiB");
  row("network from clients", x.network.from_clients / gbit, "Gbit/s");
  row("network to clients", x.network.to_clients / gbit, "Gbit/s");
  row("network between nodes", x.network.between_nodes / gbit, "Gbit/s");
  row("disk, all replicas, after the assumed days", x.disk.sum() / tb, "TB");
  row("traffic to clients a month", x.egress_tb, "TB");
  return out;
}

/// Where a sum comes from.
std::string
shares_table(std::string_view what,
             const std::vector<std::pair<std::string_view, double>>& parts) {
  double sum = 0;
  for (const auto& [name, value] : parts)
    sum += value;
  auto out = fmt::format("| {} | | share |\n|---|---|---|\n", what);
  for (const auto& [name, value] : parts)
    fmt::format_to(std::back_inserter(out), "| {} | {} | {:.1f} % |\n", name,
                   quantity(value), sum > 0 ? 100 * value / sum : 0);
  return out;
}

std::string nodes_table(const capacity_report& x) {
  std::string out = "| nodes, by | |\n|---|---|\n";
  for (size_t i = 0; i < resources; ++i) {
    auto what = static_cast<resource>(i);
    auto binds = what == x.result.binding ? "**" : "";
    fmt::format_to(std::back_inserter(out), "| {0}{1}{0} | {0}{2}{0} |\n",
                   binds, to_string(what), quantity(x.result.nodes_for[i]));
  }
  auto price = x.result.price();
  out += "\n| price a month | |\n|---|---|\n";
  auto row = [&](std::string_view what, double value) {
    fmt::format_to(std::back_inserter(out), "| {} | {} |\n", what,
                   quantity(value));
  };
  row("nodes", x.result.nodes_price);
  row("disk", x.result.disk_price);
  row("traffic to clients", x.result.egress_price);
  row("all", price);
  fmt::format_to(std::back_inserter(out), "| of a daily user | {:.5f} |\n",
                 price / x.under.daily_users);
  return out;
}

std::string swings_table(const capacity_report& x) {
  std::string out = "| assumption | from | to | nodes | price a month |\n"
                    "|---|---|---|---|---|\n";
  for (size_t i = 0; i < std::min(swings_shown, x.swings.size()); ++i) {
    const auto& s = x.swings[i];
    fmt::format_to(std::back_inserter(out),
                   "| `{}` | {} | {} | {} to {} | {} to {} |\n", s.key,
                   quantity(s.low), quantity(s.high), quantity(s.at_low.nodes),
                   quantity(s.at_high.nodes), quantity(s.at_low.price()),
                   quantity(s.at_high.price()));
  }
  return out;
}

template <class Struct>
json::object figures_json(std::span<const figure<Struct>> all,
                          const Struct& values) {
  json::object out;
  for (const auto& each : all)
    out[each.key] = values.*each.at;
  return out;
}

} // namespace

std::string assumptions_table(const assumptions& of) {
  return figures_table(assumption_figures(), of);
}

capacity_report capacity_report::make(const unit_costs& costs,
                                      const assumptions& under) {
  return {costs, under, compute(costs, under), sensitivity(costs, under)};
}

std::string capacity_report::text() const {
  const auto& cpu = result.cpu;
  const auto& memory = result.memory;
  const auto& disk = result.disk;
  return fmt::format(
      "Measured\n\n{}\nAssumed\n\n{}\nResult\n\n{}\n{}\n{}\n{}\n{}\n"
      "Sensitivity\n\n{}",
      figures_table(cost_figures(), costs), assumptions_table(under),
      results_table(result),
      shares_table("CPU, measured cores",
                   {{"messages: ordered, synced", cpu.messages},
                    {"deliveries: inboxes, sockets", cpu.deliveries},
                    {"messages between nodes", cpu.links},
                    {"replication", cpu.replication},
                    {"idle sessions", cpu.sessions},
                    {"connects, watch lists", cpu.connects},
                    {"presence", cpu.presence},
                    {"notifications", cpu.push}}),
      shares_table("memory, GiB",
                   {{"idle sessions", memory.sessions / gib},
                    {"their sockets in the kernel", memory.kernel / gib},
                    {"users in use", memory.users / gib},
                    {"conversations in use", memory.conversations / gib}}),
      shares_table("disk, TB", {{"messages", disk.messages / tb},
                                {"inboxes", disk.inboxes / tb},
                                {"users", disk.users / tb}}),
      nodes_table(*this), swings_table(*this));
}

json::object capacity_report::to_json() const {
  json::object nodes;
  for (size_t i = 0; i < resources; ++i)
    nodes[to_string(static_cast<resource>(i))] = result.nodes_for[i];
  json::array moves;
  for (const auto& s : swings)
    moves.push_back({{"key", s.key},
                     {"low", s.low},
                     {"high", s.high},
                     {"nodes_at_low", s.at_low.nodes},
                     {"nodes_at_high", s.at_high.nodes},
                     {"month_price_at_low", s.at_low.price()},
                     {"month_price_at_high", s.at_high.price()}});
  return {{"measured", figures_json(cost_figures(), costs)},
          {"assumed", figures_json(assumption_figures(), under)},
          {"result",
           {{"sessions", result.sessions},
            {"messages_per_s", result.messages_per_s},
            {"deliveries_per_s", result.deliveries_per_s},
            {"connects_per_s", result.connects_per_s},
            {"presence_told_per_s", result.presence_per_s},
            {"link_messages_per_s", result.link_messages_per_s},
            {"cores", result.cores},
            {"memory_bytes", result.memory.sum()},
            {"from_clients_bytes_per_s", result.network.from_clients},
            {"to_clients_bytes_per_s", result.network.to_clients},
            {"between_nodes_bytes_per_s", result.network.between_nodes},
            {"disk_bytes", result.disk.sum()},
            {"nodes_for", std::move(nodes)},
            {"binding", to_string(result.binding)},
            {"nodes", result.nodes},
            {"egress_tb_per_month", result.egress_tb},
            {"month_price", result.price()},
            {"user_month_price", result.price() / under.daily_users}}},
          {"sensitivity", std::move(moves)}};
}

} // namespace parley::bench
