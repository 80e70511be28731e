#pragma once

#include <string>
#include <string_view>
#include <vector>

/// The table "who may include what", as a function of one file.
namespace parley::layout {

/// The names in the `#include` lines of a source text, in their order.
std::vector<std::string> includes_of(std::string_view text);

/// The part that a file of the repository belongs to, by its path from the
/// root: "include/parley/base/clock.hpp" and "src/base/clock.cpp" are base's.
/// Empty when it belongs to none.
std::string part_of(std::string_view path);

/// Whether the name is a part's.
bool is_part(std::string_view name);

/// Says why the file `path` must not include `name`, or nothing.
std::string objection(std::string_view path, std::string_view name);

} // namespace parley::layout
