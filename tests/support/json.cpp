#include "support/json.hpp"

#include <algorithm>
#include <stdexcept>

namespace parley::test {

bool includes(const json::object& whole, const json::object& part) {
  return std::all_of(part.begin(), part.end(), [&](const auto& wanted) {
    const auto* value = whole.if_contains(wanted.key());
    return value && *value == wanted.value();
  });
}

json::object with(json::object base, const json::object& more) {
  for (const auto& member : more)
    base[member.key()] = member.value();
  return base;
}

const json::value& field(const json::object& from, std::string_view key) {
  if (const auto* value = from.if_contains(key))
    return *value;
  throw std::runtime_error("no field '" + std::string(key) + "' in "
                           + json::serialize(from));
}

namespace {

std::runtime_error mistyped(const json::object& from, std::string_view key) {
  return std::runtime_error("field '" + std::string(key)
                            + "' has another type in " + json::serialize(from));
}

} // namespace

std::string text_of(const json::object& from, std::string_view key) {
  const auto& value = field(from, key);
  if (!value.is_string())
    throw mistyped(from, key);
  return std::string(value.get_string());
}

int64_t number_of(const json::object& from, std::string_view key) {
  const auto& value = field(from, key);
  boost::system::error_code mistake;
  const auto number = value.to_number<int64_t>(mistake);
  if (mistake || value.is_double())
    throw mistyped(from, key);
  return number;
}

const json::object& object_of(const json::object& from, std::string_view key) {
  const auto& value = field(from, key);
  if (!value.is_object())
    throw mistyped(from, key);
  return value.get_object();
}

std::vector<json::object> objects_of(const json::object& from,
                                     std::string_view key) {
  const auto& value = field(from, key);
  if (!value.is_array())
    throw mistyped(from, key);
  std::vector<json::object> result;
  for (const auto& element : value.get_array()) {
    if (!element.is_object())
      throw mistyped(from, key);
    result.push_back(element.get_object());
  }
  return result;
}

std::vector<int64_t> numbers_of(const std::vector<json::object>& items,
                                std::string_view key) {
  std::vector<int64_t> result;
  for (const auto& item : items)
    result.push_back(number_of(item, key));
  return result;
}

std::vector<std::string> texts_of(const std::vector<json::object>& items,
                                  std::string_view key) {
  std::vector<std::string> result;
  for (const auto& item : items)
    result.push_back(text_of(item, key));
  return result;
}

json::object find(const std::vector<json::object>& items,
                  const json::object& part) {
  for (const auto& item : items)
    if (includes(item, part))
      return item;
  return {};
}

std::string error_code(const json::object& frame) {
  const auto type = text_of(frame, "t");
  return type == "error" ? text_of(frame, "code") : "(" + type + ")";
}

std::string replaced(std::string text, std::string_view what,
                     std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

std::string repeated(std::string_view unit, size_t count) {
  std::string result;
  result.reserve(unit.size() * count);
  for (size_t i = 0; i < count; ++i)
    result += unit;
  return result;
}

} // namespace parley::test
