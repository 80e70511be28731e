#pragma once

#include "parley/model/replication/effects.hpp"
#include "parley/model/replication/replica.hpp"

#include <string>

namespace parley::sim {

/// One line for people who replay a schedule with `PARLEY_SIM_TRACE=1`.
std::string text_of(const model::replication::message& x);
std::string text_of(const model::replication::effect& x);
std::string text_of(const model::replication::partition_record& x);
std::string text_of(const model::replication::replica& x);

} // namespace parley::sim
