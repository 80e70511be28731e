#include "push/json_text.hpp"

#include <boost/json.hpp>

#include <utility>

namespace parley::push {

std::optional<boost::json::object> parse_object(std::string_view text) {
  boost::system::error_code failed;
  auto root = boost::json::parse(text, failed);
  if (failed || !root.is_object())
    return std::nullopt;
  return std::move(root.get_object());
}

std::string text_in(const boost::json::object& from, std::string_view key) {
  const auto* value = from.if_contains(key);
  const auto* text = value ? value->if_string() : nullptr;
  return text ? std::string{*text} : std::string{};
}

} // namespace parley::push
