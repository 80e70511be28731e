#pragma once

#include "parley/history/store.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace parley::history {

using stored_row = std::pair<std::string, std::string>;

/// Writes one batch that `fill` makes.
template <class Fill>
void write_batch(store& to, Fill&& fill) {
  batch rows;
  fill(rows);
  auto done = to.write({rows});
  REQUIRE(done.has_value());
}

inline std::optional<std::string> value_of(const store& from, family in,
                                           std::string_view key,
                                           reach how = reach::disk) {
  auto found = from.get(in, key, how);
  REQUIRE(found.has_value());
  return *found;
}

inline std::vector<stored_row>
rows_of(const store& from, family in, std::string_view first,
        std::string_view end, bool reverse = false, size_t max = SIZE_MAX) {
  std::vector<stored_row> rows;
  auto done = from.scan(in, first, end, reverse,
                        [&](std::string_view key, std::string_view value) {
                          rows.emplace_back(key, value);
                          return rows.size() < max;
                        });
  REQUIRE(done.has_value());
  return rows;
}

} // namespace parley::history
