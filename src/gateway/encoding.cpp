#include "gateway/encoding.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace parley::gateway {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t";
  auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

bool same_token(std::string_view a, std::string_view b) {
  auto lower = [](char c) {
    return std::tolower(static_cast<unsigned char>(c));
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

/// What stands before `mark`; the text goes on after it.
std::string_view take_until(char mark, std::string_view& text) {
  auto end = std::min(text.find(mark), text.size());
  auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trimmed(part);
}

/// A weight is 0 if it has no digit but zeros.
bool has_weight(std::string_view parameter) {
  auto name = take_until('=', parameter);
  return !same_token(name, "q")
         || parameter.find_first_of("123456789") != std::string_view::npos;
}

} // namespace

bool accepts_encoding(std::string_view accept_encoding,
                      std::string_view coding) {
  std::optional<bool> by_star;
  while (!accept_encoding.empty()) {
    auto entry = take_until(',', accept_encoding);
    auto name = take_until(';', entry);
    bool taken = entry.empty() || has_weight(entry);
    if (same_token(name, coding))
      return taken;
    if (name == "*")
      by_star = taken;
  }
  return by_star.value_or(false);
}

} // namespace parley::gateway
