#pragma once

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace parley::push {

/// What a service or a file says, or nothing if it is no JSON object.
std::optional<boost::json::object> parse_object(std::string_view text);

/// A string among its members, or an empty one.
std::string text_in(const boost::json::object& from, std::string_view key);

} // namespace parley::push
