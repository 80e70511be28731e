#pragma once

#include <cstdint>
#include <string_view>

namespace parley::protocol {

/// Why the server closes a WebSocket (RFC 6455, 7.4, and the contract's own).
enum class close_code : uint16_t {
  normal = 1000,
  unsupported_data = 1003, ///< A binary frame.
  invalid_utf8 = 1007,
  too_large = 1009, ///< A frame over the limit.
  draining = 4000,  ///< The node stops, or cannot serve this session.
  no_sign_of_life = 4001,
  not_receiving = 4008, ///< A full window without `recv` for too long.
  over_rate = 4009,
  protocol_violation = 4500,
  not_authenticated = 4501, ///< In time, at all, or any more.
  ended = 4502,             ///< Logged out, removed, kicked, disabled.
  replaced = 4510,          ///< By a newer session of the same device.
};

/// A short reason for the close frame.
std::string_view reason(close_code code) noexcept;

} // namespace parley::protocol
