#include "parley/cluster/roster.hpp"

#include "cluster/json_reader.hpp"

namespace parley::cluster {

namespace {

constexpr uint64_t roster_format = 1;

} // namespace

std::string encode(const roster& x) {
  json::object rows;
  for (const auto& [name, row] : x.rows)
    rows[name] = json::object{
        {"number", row.number}, {"zone", row.zone}, {"weight", row.weight}};
  return json::serialize(json::object{{"format", roster_format},
                                      {"last_number", x.last_number},
                                      {"nodes", std::move(rows)}});
}

result<roster> decode_roster(std::string_view bytes) {
  constexpr auto what = "the roster of nodes";
  json_reader in{what, bytes, roster_format};
  roster out;
  out.last_number = in.number<node_id>("last_number");
  for (const auto& [name, value] : in.object("nodes")) {
    json_reader row{what, value};
    out.rows[std::string{name}] = {row.number<node_id>("number"),
                                   row.text("zone"),
                                   row.number<uint32_t>("weight")};
    if (row.failed())
      return row.finish(roster{});
  }
  return in.finish(std::move(out));
}

bool enter(roster& in, const std::string& name, const std::string& zone,
           uint32_t weight) {
  auto& row = in.rows[name];
  auto before = row;
  if (row.number == 0)
    row.number = ++in.last_number;
  row.zone = zone;
  row.weight = weight;
  return row != before;
}

std::vector<model::placement_node>
to_placement(const roster& from, const std::set<std::string>& draining) {
  std::vector<model::placement_node> out;
  for (const auto& [name, row] : from.rows)
    out.push_back(
        {row.number, draining.contains(name) ? 0 : row.weight, row.zone});
  return out;
}

} // namespace parley::cluster
