#pragma once

#include "support/history_checker.hpp"
#include "support/json.hpp"

namespace parley::test {

/// An event or a history item as the checker wants it.
history_entry to_entry(const json::object& event);

/// Adds the records of one client to those of others.
void merge(client_records& all, client_records&& more);

} // namespace parley::test
