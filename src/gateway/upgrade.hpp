#pragma once

#include <string_view>

namespace parley::gateway {

inline constexpr std::string_view subprotocol = "parley.v1";

enum class subprotocol_offer {
  none,   ///< Accepted, without one in the answer.
  ours,   ///< Accepted by its name.
  others, ///< Refused.
};

/// Reads the value of `Sec-WebSocket-Protocol` (several fields joined by
/// commas).
subprotocol_offer read_offer(std::string_view header);

} // namespace parley::gateway
