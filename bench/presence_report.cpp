#include "presence_report.hpp"

#include "quantity.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <string_view>

namespace parley::bench {

namespace {

namespace json = boost::json;

struct load_row {
  std::string_view name;
  std::string_view key;
  rate presence_rates::*at;
};

constexpr std::array<load_row, 6> load_rows{{
    {"changes told", "changes", &presence_rates::changes},
    {"changes told to clients", "notifications",
     &presence_rates::notifications},
    {"messages between nodes: changes", "news", &presence_rates::news},
    {"messages between nodes: watching", "watches", &presence_rates::watches},
    {"messages between nodes: heartbeats", "beats", &presence_rates::beats},
    {"last-active rows written", "writes", &presence_rates::writes},
}};

json::object rate_json(const rate& x) {
  return {{"mean", x.mean},
          {"most", x.most},
          {"most_after_loss", x.most_after_loss}};
}

json::object load_json(const presence_rates& x) {
  json::object out;
  for (const auto& each : load_rows)
    out[each.key] = rate_json(x.*each.at);
  return out;
}

} // namespace

std::string presence_text(const presence_settings& by,
                          const presence_result& x) {
  std::string out = "| parameter | value | meaning |\n|---|---|---|\n";
  auto to = std::back_inserter(out);
  each_setting(
      by, [&](std::string_view name, auto value, std::string_view meaning) {
        fmt::format_to(to, "| `--{}` | {} | {} |\n", name,
                       quantity(static_cast<double>(value)), meaning);
      });
  out += "\n| each second | plain: mean | most | most after the loss "
         "| folded: mean | most | most after the loss |\n"
         "|---|---|---|---|---|---|---|\n";
  for (const auto& each : load_rows) {
    fmt::format_to(to, "| {} |", each.name);
    for (const auto* load : {&x.plain, &x.folded}) {
      const auto& r = load->*each.at;
      fmt::format_to(to, " {} | {} | {} |", quantity(r.mean), quantity(r.most),
                     quantity(r.most_after_loss));
    }
    out += '\n';
  }
  out += "\n| | |\n|---|---|\n";
  auto row = [&](std::string_view what, double value) {
    fmt::format_to(to, "| {} | {} |\n", what, quantity(value));
  };
  row("connected, mean", x.online_mean);
  row("connected, most", x.online_most);
  row("contacts of a user, mean", x.contacts_mean);
  row("watchers that are told a change, mean", x.watchers_mean);
  row("sessions that were lost", x.lost_sessions);
  row("s from the loss until all of it is told", x.loss_told_after);
  row("changes that one node tells in a second, most", x.node_changes_most);
  row("changes that wait at one node, most", x.waiting_most);
  return out;
}

json::object presence_json(const presence_settings& by,
                           const presence_result& x) {
  json::object settings;
  each_setting(by, [&](std::string_view name, auto value, std::string_view) {
    settings[name] = value;
  });
  return {{"settings", std::move(settings)},
          {"online_mean", x.online_mean},
          {"online_most", x.online_most},
          {"contacts_mean", x.contacts_mean},
          {"watchers_mean", x.watchers_mean},
          {"lost_sessions", x.lost_sessions},
          {"loss_told_after_s", x.loss_told_after},
          {"node_changes_most", x.node_changes_most},
          {"waiting_most", x.waiting_most},
          {"plain", load_json(x.plain)},
          {"folded", load_json(x.folded)}};
}

} // namespace parley::bench
