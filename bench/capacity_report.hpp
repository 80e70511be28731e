#pragma once

#include "capacity_model.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace parley::bench {

std::string assumptions_table(const assumptions& of);

/// A computed capacity with all that it came from.
struct capacity_report {
  unit_costs costs;
  assumptions under;
  capacity result;
  std::vector<swing> swings; ///< The strongest first.

  static capacity_report make(const unit_costs& costs,
                              const assumptions& under);

  /// Tables in Markdown, which reads well on a terminal, too.
  std::string text() const;

  /// With `measured` as read_costs() takes it.
  boost::json::object to_json() const;
};

} // namespace parley::bench
