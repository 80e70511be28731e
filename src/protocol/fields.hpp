#pragma once

#include "parley/base/limits.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// One flat JSON object as views into the text that it was read from. Requests
/// and HTTP bodies have no deeper members than lists of names, so that no tree
/// is ever built.
namespace parley::protocol {

/// Every member that some request or HTTP body has.
enum class field : uint8_t {
  t,
  id,
  on,
  to,
  cid,
  seq,
  new_,
  old,
  body,
  conv,
  name,
  role,
  user,
  useq,
  about,
  after,
  emoji,
  limit,
  since,
  token,
  users,
  before,
  cursor,
  device,
  status,
  members,
  password,
  reply_to,
  muted_until,
  display_name,
  refresh_token,
  count_
};

inline constexpr auto field_count = static_cast<size_t>(field::count_);

/// Their names on the wire, in the order of the enumeration: shorter ones
/// first.
inline constexpr std::array<std::string_view, field_count> field_names{
    "t",           "id",           "on",           "to",
    "cid",         "seq",          "new",          "old",
    "body",        "conv",         "name",         "role",
    "user",        "useq",         "about",        "after",
    "emoji",       "limit",        "since",        "token",
    "users",       "before",       "cursor",       "device",
    "status",      "members",      "password",     "reply_to",
    "muted_until", "display_name", "refresh_token"};

inline std::string_view name_of(field which) noexcept {
  return field_names[static_cast<size_t>(which)];
}

/// @returns nothing for a name that no request has.
std::optional<field> field_named(std::string_view name) noexcept;

struct field_value {
  enum class kind : uint8_t { null, boolean, integer, text, list, other };

  kind is = kind::null;
  bool flag = false;
  int64_t number = 0;
  std::string_view text{};
};

class fields {
public:
  /// Longer lists are cut after one more than this, so that they can be told.
  static constexpr size_t list_items_max = limits::watch_users_max;

  void clear() noexcept {
    present_ = 0;
    unpaired_ = false;
  }

  /// @returns nullptr if the object has no such member.
  const field_value* find(field which) const noexcept {
    return (present_ >> static_cast<unsigned>(which) & 1) != 0
               ? &values_[static_cast<size_t>(which)]
               : nullptr;
  }

  /// The items of a member that is a list.
  const std::vector<std::string_view>& list(field which) const noexcept {
    return which == field::users ? users_ : members_;
  }

  /// Whether a string of the object, at any depth, held an escape that is half
  /// of a surrogate pair.
  bool unpaired() const noexcept { return unpaired_; }
  void mark_unpaired() noexcept { unpaired_ = true; }

  /// The last one of several values of a member stays.
  void put(field which, const field_value& x) noexcept {
    values_[static_cast<size_t>(which)] = x;
    present_ |= uint64_t{1} << static_cast<unsigned>(which);
  }

  /// @returns false if the member is never a list.
  bool open_list(field which) {
    if (which != field::users && which != field::members)
      return false;
    items(which).clear();
    put(which, {.is = field_value::kind::list});
    return true;
  }

  void add_to_list(field which, std::string_view text) {
    auto& to = items(which);
    if (to.size() <= list_items_max)
      to.push_back(text);
  }

private:
  std::vector<std::string_view>& items(field which) noexcept {
    return which == field::users ? users_ : members_;
  }

  static_assert(field_count <= 64);
  uint64_t present_ = 0;
  bool unpaired_ = false;
  std::array<field_value, field_count> values_;
  std::vector<std::string_view> users_;
  std::vector<std::string_view> members_;
};

} // namespace parley::protocol
