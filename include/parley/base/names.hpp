#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// The forms of names in the wire contract. All functions are pure.
namespace parley {

bool valid_user(std::string_view name) noexcept;   ///< 1–32 of a-z 0-9 . _ -
bool valid_device(std::string_view name) noexcept; ///< 1–64 of A-Za-z0-9 . _ -
bool valid_cid(std::string_view cid) noexcept;     ///< As a device.
bool valid_group(std::string_view conv) noexcept;  ///< "g:" and a ULID.

/// The two users of "dm:a:b", in the order of the name; nothing unless both
/// are valid and in byte order.
std::optional<std::pair<std::string_view, std::string_view>>
direct_users(std::string_view conv) noexcept;

/// "dm:a:b" for two users in any order.
std::string direct_conversation(std::string_view one, std::string_view other);

inline bool valid_conversation(std::string_view conv) noexcept {
  return valid_group(conv) || direct_users(conv).has_value();
}

/// The other user of a direct conversation (oneself for notes to oneself);
/// nothing if `user` is not one of the two.
std::optional<std::string_view> direct_peer(std::string_view conv,
                                            std::string_view user) noexcept;

} // namespace parley
