#include "report.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <stdexcept>

namespace parley::bench {

namespace {

namespace json = boost::json;

/// Four significant digits or whole numbers, whichever says more.
std::string rounded(double value) {
  if (!std::isfinite(value))
    return "-";
  if (std::abs(value) >= 1000)
    return fmt::format("{:.0f}", value);
  return fmt::format("{:.3g}", value);
}

} // namespace

double median(std::vector<double> values) {
  if (values.empty())
    return 0;
  std::ranges::sort(values);
  auto middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle]
                                : (values[middle - 1] + values[middle]) / 2;
}

void report::add(std::string_view system, std::vector<double> figures) {
  auto found = std::ranges::find(rows_, system, &row::system);
  if (found == rows_.end())
    found = rows_.insert(found, row{std::string{system}, {}});
  found->rounds.push_back(std::move(figures));
}

double report::median_of(std::string_view system, std::string_view key) const {
  auto found = std::ranges::find(rows_, system, &row::system);
  auto at = std::ranges::find(columns_, key, &column::key);
  if (found == rows_.end() || at == columns_.end())
    throw std::runtime_error{fmt::format("{}: no {}", system, key)};
  return medians(*found)[static_cast<size_t>(at - columns_.begin())];
}

std::vector<double> report::medians(const row& of) const {
  std::vector<double> result;
  for (size_t i = 0; i < columns_.size(); ++i) {
    std::vector<double> values;
    for (const auto& round : of.rounds)
      values.push_back(round[i]);
    result.push_back(median(std::move(values)));
  }
  return result;
}

std::vector<double> report::ratios(const row& of, const row& to) const {
  std::vector<double> result;
  for (size_t i = 0; i < columns_.size(); ++i) {
    std::vector<double> values;
    for (size_t k = 0; k < std::min(of.rounds.size(), to.rounds.size()); ++k)
      values.push_back(of.rounds[k][i] / to.rounds[k][i]);
    result.push_back(median(std::move(values)));
  }
  return result;
}

std::string report::text() const {
  std::string out = title_ + "\n";
  auto to = std::back_inserter(out);
  auto line = [&](std::string_view name, const std::vector<double>& values,
                  bool is_ratio) {
    fmt::format_to(to, "{:<28}", name);
    for (size_t i = 0; i < columns_.size(); ++i)
      fmt::format_to(to, "  {:>{}}",
                     is_ratio && !columns_[i].has_ratio ? ""
                                                        : rounded(values[i]),
                     columns_[i].name.size());
    out += '\n';
  };
  fmt::format_to(to, "{:<28}", "");
  for (const auto& each : columns_)
    fmt::format_to(to, "  {}", each.name);
  out += '\n';
  for (const auto& each : rows_)
    line(each.system, medians(each), false);
  for (size_t i = 0; i + 1 < rows_.size(); ++i)
    line(fmt::format("{} / {}", rows_.back().system, rows_[i].system),
         ratios(rows_.back(), rows_[i]), true);
  return out;
}

json::object report::to_json() const {
  auto named = [&](const std::vector<double>& values, bool is_ratio) {
    json::object result;
    for (size_t i = 0; i < columns_.size(); ++i)
      if ((!is_ratio || columns_[i].has_ratio) && std::isfinite(values[i]))
        result[columns_[i].key] = values[i];
    return result;
  };
  json::array systems;
  for (const auto& each : rows_) {
    json::array rounds;
    for (const auto& round : each.rounds)
      rounds.push_back(named(round, false));
    json::object ratio_to;
    for (const auto& other : rows_)
      if (other.system != each.system)
        ratio_to[other.system] = named(ratios(each, other), true);
    systems.push_back({{"system", each.system},
                       {"median", named(medians(each), false)},
                       {"ratio_to", std::move(ratio_to)},
                       {"rounds", std::move(rounds)}});
  }
  return {{"title", title_}, {"systems", std::move(systems)}};
}

} // namespace parley::bench
