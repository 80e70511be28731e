#pragma once

#include <boost/json.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

/// Short names for what tests do with JSON all the time.
namespace parley::test {

namespace json = boost::json;

/// Whether `whole` has every field of `part` with an equal value.
bool includes(const json::object& whole, const json::object& part);

/// A copy of `base` with the fields of `more` set.
json::object with(json::object base, const json::object& more);

/// A field that must be there.
/// @throws std::runtime_error that shows the object if it isn't.
const json::value& field(const json::object& from, std::string_view key);
std::string text_of(const json::object& from, std::string_view key);
int64_t number_of(const json::object& from, std::string_view key);
const json::object& object_of(const json::object& from, std::string_view key);

/// The objects of an array field that must be there.
std::vector<json::object> objects_of(const json::object& from,
                                     std::string_view key);

/// The value of `key` in each of `items`, in their order.
std::vector<int64_t> numbers_of(const std::vector<json::object>& items,
                                std::string_view key);
std::vector<std::string> texts_of(const std::vector<json::object>& items,
                                  std::string_view key);

/// The one of `items` that includes `part`; an empty object if none does.
json::object find(const std::vector<json::object>& items,
                  const json::object& part);

/// The code of an `error` frame; of any other frame its type in brackets, so
/// that a failed comparison shows what came instead.
std::string error_code(const json::object& frame);

/// `text` with every `what` replaced, to compare answers that quote it.
std::string replaced(std::string text, std::string_view what,
                     std::string_view by);

/// `unit` written `count` times.
std::string repeated(std::string_view unit, size_t count);

} // namespace parley::test
