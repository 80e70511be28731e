#include "protocol/field_reader.hpp"

#include "parley/base/names.hpp"
#include "parley/protocol/text.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace parley::protocol {

namespace {

constexpr std::string_view any_text = "a string";
constexpr std::string_view token = "1 to 64 of A-Z a-z 0-9 . _ -";
constexpr std::string_view user_name =
    "1 to 32 of a-z 0-9 . _ -, first a letter or digit";
constexpr std::string_view reference_text = "a string of at most 128 bytes";

} // namespace

void field_reader::fail(errc code, std::string message) {
  if (!failure_)
    failure_ = error{code, std::move(message)};
}

void field_reader::fail(field which, std::string_view expected) {
  std::string message{name_of(which)};
  message.append(": expected ").append(expected);
  fail(errc::bad_request, std::move(message));
}

const field_value* field_reader::find(field which,
                                      field_value::kind kind) const noexcept {
  auto found = from_.find(which);
  return found && found->is == kind ? found : nullptr;
}

bool field_reader::is_null(field which) const noexcept {
  return find(which, field_value::kind::null) != nullptr;
}

std::string_view field_reader::view(field which, std::string_view expected) {
  if (auto found = find(which, field_value::kind::text))
    return found->text;
  fail(which, expected);
  return {};
}

std::string field_reader::text(field which) {
  return std::string{view(which, any_text)};
}

std::string field_reader::text(field which,
                               bool (*valid)(std::string_view) noexcept,
                               std::string_view expected) {
  auto found = view(which, expected);
  if (valid(found))
    return std::string{found};
  fail(which, expected);
  return {};
}

std::string field_reader::user(field which) {
  return text(which, valid_user, user_name);
}

std::string field_reader::device() {
  return text(field::device, valid_device, token);
}

std::string field_reader::cid() {
  return text(field::cid, valid_cid, token);
}

std::string field_reader::optional_cid() {
  return has(field::cid) ? cid() : std::string{};
}

std::string field_reader::reference(field which) {
  auto found = view(which, reference_text);
  if (found.size() <= limits::reference_bytes_max)
    return std::string{found};
  fail(which, reference_text);
  return {};
}

std::string field_reader::body() {
  constexpr std::string_view expected = "text without U+0000";
  auto found = view(field::body, expected);
  // Counted only if it has more bytes than it may have code points.
  if (found.size() > limits::body_chars_max
      && count_chars(found) > limits::body_chars_max)
    fail(errc::too_large, "body: expected at most 100000 code points");
  else if (found.empty() || found.find('\0') != std::string_view::npos)
    fail(field::body, expected);
  else
    return std::string{found};
  return {};
}

uint64_t field_reader::number(field which, uint64_t least) {
  auto found = find(which, field_value::kind::integer);
  if (found && found->number >= 0) {
    auto x = static_cast<uint64_t>(found->number);
    if (x >= least && x <= number_max)
      return x;
  }
  fail(which, "an integer from " + std::to_string(least) + " to "
                  + std::to_string(number_max));
  return least;
}

std::optional<uint64_t> field_reader::optional_number(field which,
                                                      uint64_t least) {
  if (!has(which))
    return std::nullopt;
  return number(which, least);
}

size_t field_reader::limit(size_t otherwise, size_t most) {
  if (!has(field::limit))
    return otherwise;
  return static_cast<size_t>(std::min<uint64_t>(number(field::limit, 1), most));
}

bool field_reader::flag(field which) {
  if (auto found = find(which, field_value::kind::boolean))
    return found->flag;
  fail(which, "true or false");
  return false;
}

std::vector<std::string> field_reader::references(field which, size_t least) {
  std::vector<std::string> out;
  std::unordered_set<std::string_view> seen;
  auto usable = [](std::string_view x) {
    return x.size() <= limits::reference_bytes_max;
  };
  auto& items = from_.list(which);
  if (!find(which, field_value::kind::list) || items.size() < least
      || items.size() > fields::list_items_max
      || !std::all_of(items.begin(), items.end(), usable)) {
    fail(which, "a list of " + std::to_string(least) + " to "
                    + std::to_string(fields::list_items_max)
                    + " strings of at most 128 bytes");
    return out;
  }
  for (auto each : items)
    if (seen.insert(each).second)
      out.emplace_back(each);
  return out;
}

} // namespace parley::protocol
