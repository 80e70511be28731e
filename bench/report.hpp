#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace parley::bench {

/// The middle value, or the mean of the two in the middle; 0 of none.
double median(std::vector<double> values);

struct column {
  std::string name; ///< With its unit, as a heading.
  std::string key;  ///< In JSON, unit last.
  bool has_ratio = true;
};

/// Figures of several systems in the same columns, taken in rounds in which
/// each system had its turn. A ratio is the median of the rounds' ratios, so
/// that a machine that slows down between two rounds does not count.
class report {
public:
  report(std::string title, std::vector<column> columns)
      : title_{std::move(title)}, columns_{std::move(columns)} {}

  /// Adds the figures of one round, one for each column.
  void add(std::string_view system, std::vector<double> figures);

  /// @throws std::runtime_error if there is no such system or column.
  double median_of(std::string_view system, std::string_view key) const;

  /// A table of medians, then one of ratios of the last system that was added
  /// to each other one.
  std::string text() const;

  boost::json::object to_json() const;

private:
  struct row {
    std::string system;
    std::vector<std::vector<double>> rounds;
  };

  std::vector<double> medians(const row& of) const;
  std::vector<double> ratios(const row& of, const row& to) const;

  std::string title_;
  std::vector<column> columns_;
  std::vector<row> rows_;
};

} // namespace parley::bench
