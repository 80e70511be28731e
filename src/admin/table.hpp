#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <vector>

/// Answers as tables for people.
namespace parley::admin {

/// Lists become one table, a single thing becomes lines of name and value,
/// with a table for each array in it. Control characters are shown, not sent
/// to the terminal. Empty for an answer that only says that it worked.
std::string render(const std::vector<boost::json::object>& rows,
                   const boost::json::object& last);

} // namespace parley::admin
