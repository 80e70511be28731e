#include "gateway/target.hpp"

#include "parley/protocol/text.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <charconv>

namespace parley::gateway {

namespace urls = boost::urls;

namespace {

error ill_formed() {
  return {errc::bad_request, "the request target is ill-formed"};
}

bool clean_text(std::string_view text) {
  auto control = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  };
  return protocol::valid_utf8(text)
         && std::none_of(text.begin(), text.end(), control);
}

bool names_something(std::string_view segment) {
  return !segment.empty() && segment != "." && segment != ".."
         && segment.find_first_of("/\\") == std::string_view::npos;
}

/// By hand, since Boost.URL takes "/./x" for "/x".
result<std::vector<std::string>> decode_path(std::string_view path) {
  std::vector<std::string> segments;
  if (path.empty() || path == "/")
    return segments;
  bool plain = true;
  while (!path.empty()) {
    path.remove_prefix(1);
    auto slash = std::min(path.find('/'), path.size());
    auto segment = urls::pct_string_view{path.substr(0, slash)}.decode();
    path.remove_prefix(slash);
    if (!clean_text(segment))
      return ill_formed();
    plain = plain && names_something(segment);
    segments.push_back(std::move(segment));
  }
  if (!plain)
    return error{errc::not_found, "there is nothing here"};
  return segments;
}

result<std::vector<std::pair<std::string, std::string>>>
decode_query(const urls::url_view& from) {
  std::vector<std::pair<std::string, std::string>> query;
  for (auto x : from.encoded_params()) {
    auto name = x.key.decode();
    auto value = x.value.decode();
    if (!clean_text(name) || !clean_text(value))
      return ill_formed();
    for (const auto& [known, ignored] : query)
      if (known == name)
        return error{errc::bad_request, "a query parameter stands twice"};
    query.emplace_back(std::move(name), std::move(value));
  }
  return query;
}

} // namespace

std::optional<std::string_view> target::text(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name)
      return value;
  return std::nullopt;
}

result<std::optional<uint64_t>> target::number(std::string_view name) const {
  auto value = text(name);
  if (!value)
    return std::optional<uint64_t>{};
  uint64_t number = 0;
  const auto* end = value->data() + value->size();
  auto [stop, failed] = std::from_chars(value->data(), end, number);
  if (failed != std::errc{} || stop != end)
    return error{errc::bad_request,
                 std::string{name} + ": expected an integer"};
  return std::optional{number};
}

result<target> parse_target(std::string_view text) {
  auto parsed = text.starts_with('/') ? urls::parse_origin_form(text)
                                      : urls::parse_absolute_uri(text);
  if (!parsed || text.starts_with('/') == parsed->has_authority())
    return ill_formed();
  auto segments = decode_path(parsed->encoded_path());
  if (!segments)
    return segments.error();
  auto query = decode_query(*parsed);
  if (!query)
    return query.error();
  return target{std::move(*segments), std::move(*query)};
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    auto comma = std::min(text.find(','), text.size());
    std::string part{text.substr(0, comma)};
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (!part.empty()
        && std::find(parts.begin(), parts.end(), part) == parts.end())
      parts.push_back(std::move(part));
  }
  return parts;
}

} // namespace parley::gateway
