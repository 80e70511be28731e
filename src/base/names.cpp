#include "parley/base/names.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace parley {

namespace {

using char_set = std::array<bool, 256>;

constexpr char_set set_of(std::string_view chars) {
  char_set out{};
  for (auto c : chars)
    out[static_cast<unsigned char>(c)] = true;
  return out;
}

constexpr auto user_first = set_of("abcdefghijklmnopqrstuvwxyz0123456789");
constexpr auto user_chars = set_of("abcdefghijklmnopqrstuvwxyz0123456789._-");
constexpr auto token_chars = set_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "abcdefghijklmnopqrstuvwxyz0123456789._-");
constexpr auto ulid_first = set_of("01234567"); // It has 128 bits, not 130.
constexpr auto ulid_chars = set_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ");

constexpr size_t user_chars_max = 32;
constexpr size_t token_chars_max = 64;
constexpr size_t ulid_length = 26;
constexpr std::string_view group_prefix = "g:";
constexpr std::string_view direct_prefix = "dm:";

bool has(const char_set& set, char c) noexcept {
  return set[static_cast<unsigned char>(c)];
}

bool all_of(const char_set& set, std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [&set](char c) { return has(set, c); });
}

bool valid_token(std::string_view text) noexcept {
  return !text.empty() && text.size() <= token_chars_max
         && all_of(token_chars, text);
}

} // namespace

bool valid_user(std::string_view name) noexcept {
  return !name.empty() && name.size() <= user_chars_max
         && has(user_first, name.front()) && all_of(user_chars, name);
}

bool valid_device(std::string_view name) noexcept {
  return valid_token(name);
}

bool valid_cid(std::string_view cid) noexcept {
  return valid_token(cid);
}

bool valid_group(std::string_view conv) noexcept {
  if (!conv.starts_with(group_prefix))
    return false;
  auto ulid = conv.substr(group_prefix.size());
  return ulid.size() == ulid_length && has(ulid_first, ulid.front())
         && all_of(ulid_chars, ulid);
}

std::optional<std::pair<std::string_view, std::string_view>>
direct_users(std::string_view conv) noexcept {
  if (!conv.starts_with(direct_prefix))
    return std::nullopt;
  auto both = conv.substr(direct_prefix.size());
  auto colon = both.find(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  auto one = both.substr(0, colon);
  auto other = both.substr(colon + 1);
  if (!valid_user(one) || !valid_user(other) || other < one)
    return std::nullopt;
  return std::pair{one, other};
}

std::string direct_conversation(std::string_view one, std::string_view other) {
  if (other < one)
    std::swap(one, other);
  std::string conv;
  conv.reserve(direct_prefix.size() + one.size() + 1 + other.size());
  conv.append(direct_prefix).append(one).append(1, ':').append(other);
  return conv;
}

std::optional<std::string_view> direct_peer(std::string_view conv,
                                            std::string_view user) noexcept {
  auto users = direct_users(conv);
  if (!users)
    return std::nullopt;
  if (users->first == user)
    return users->second;
  if (users->second == user)
    return users->first;
  return std::nullopt;
}

} // namespace parley
