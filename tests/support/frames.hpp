#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// WebSocket frames made by hand (RFC 6455), for what a well-behaved client
/// library refuses to send.
namespace parley::test {

enum class opcode : uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10
};

struct frame_shape {
  bool fin = true;
  bool masked = true;
  uint8_t reserved_bits = 0; ///< RSV1 is 4, RSV2 is 2, RSV3 is 1.
};

/// The frame's header only, for a payload of `payload_bytes`.
std::string frame_header(opcode kind, uint64_t payload_bytes,
                         frame_shape shape = {});

/// A whole frame. The masking key is zero, so the payload stands as it is.
std::string frame(opcode kind, std::string_view payload,
                  frame_shape shape = {});

/// The request that opens a WebSocket at `target`.
std::string upgrade_request(std::string_view target);

} // namespace parley::test
