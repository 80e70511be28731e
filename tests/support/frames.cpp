#include "support/frames.hpp"

namespace parley::test {

namespace {

void append_big_endian(std::string& to, uint64_t number, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    to.push_back(static_cast<char>(number >> shift));
}

} // namespace

std::string frame_header(opcode kind, uint64_t payload_bytes,
                         frame_shape shape) {
  std::string result;
  result.push_back(static_cast<char>((shape.fin ? 0x80 : 0)
                                     | (shape.reserved_bits << 4)
                                     | static_cast<uint8_t>(kind)));
  const uint8_t mask_bit = shape.masked ? 0x80 : 0;
  if (payload_bytes < 126) {
    result.push_back(static_cast<char>(mask_bit | payload_bytes));
  } else if (payload_bytes <= 0xFFFF) {
    result.push_back(static_cast<char>(mask_bit | 126));
    append_big_endian(result, payload_bytes, 2);
  } else {
    result.push_back(static_cast<char>(mask_bit | 127));
    append_big_endian(result, payload_bytes, 8);
  }
  if (shape.masked)
    result.append(4, '\0');
  return result;
}

std::string frame(opcode kind, std::string_view payload, frame_shape shape) {
  return frame_header(kind, payload.size(), shape) + std::string(payload);
}

std::string upgrade_request(std::string_view target) {
  return "GET " + std::string(target)
         + " HTTP/1.1\r\n"
           "Host: localhost\r\n"
           "Upgrade: websocket\r\n"
           "Connection: Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
           "Sec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Protocol: parley.v1\r\n\r\n";
}

} // namespace parley::test
