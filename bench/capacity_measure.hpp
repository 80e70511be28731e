#pragma once

#include "capacity_model.hpp"
#include "fleet.hpp"
#include "loop.hpp"
#include "options.hpp"

#include <boost/json/value.hpp>

namespace parley::bench {

/// Runs the scenarios one after the other and takes a node's costs from them;
/// each report is printed on stderr. If a server does anything wrong that is in
/// `faults`, and nothing of the result counts.
/// @throws std::runtime_error if a scenario cannot go on.
unit_costs measure_costs(const options& opts, loop& runner, fault_log& faults);

/// The costs of an earlier run, from its JSON.
/// @throws std::runtime_error if one is missing.
unit_costs read_costs(const boost::json::value& from);

} // namespace parley::bench
