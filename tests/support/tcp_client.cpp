#include "support/tcp_client.hpp"

#include "support/asio_run.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <memory>
#include <vector>

namespace parley::test {

namespace asio = boost::asio;

struct tcp_client::state {
  explicit state(const asio::generic::stream_protocol::endpoint& peer)
      : socket(io) {
    demand(complete(io, "connect",
                    [&](auto handler) { socket.async_connect(peer, handler); }),
           "connect");
  }

  /// Completes an operation, or cancels it when `limit` has passed.
  template <class Start>
  std::optional<boost::system::error_code> attempt(milliseconds limit,
                                                   Start start) {
    std::optional<boost::system::error_code> outcome;
    start([&](boost::system::error_code result, size_t) { outcome = result; });
    const auto done = [&] {
      return outcome.has_value();
    };
    if (run_until(io, clock::now() + limit, done))
      return outcome;
    socket.cancel();
    run_until(io, clock::now() + patience, done);
    return std::nullopt;
  }

  asio::io_context io;
  asio::generic::stream_protocol::socket socket;
  std::string buffer; ///< Read, not yet taken.
};

tcp_client::tcp_client(const endpoint& where)
    : state_(std::make_unique<state>(asio::ip::tcp::endpoint(
        asio::ip::make_address(where.host), where.port))) {}

tcp_client::tcp_client(const std::filesystem::path& unix_socket)
    : state_(std::make_unique<state>(
        asio::local::stream_protocol::endpoint(unix_socket.string()))) {}

tcp_client::tcp_client(tcp_client&&) noexcept = default;
tcp_client& tcp_client::operator=(tcp_client&&) noexcept = default;
tcp_client::~tcp_client() = default;

bool tcp_client::write(std::string_view bytes) {
  const auto outcome = complete(state_->io, "write", [&](auto handler) {
    asio::async_write(state_->socket, asio::buffer(bytes), handler);
  });
  return !outcome;
}

size_t tcp_client::flood(std::string_view unit, size_t bytes_max,
                         milliseconds limit) {
  size_t written = 0;
  while (written < bytes_max) {
    const auto rest = unit.substr(written % unit.size());
    size_t count = 0;
    const auto outcome = state_->attempt(limit, [&](auto handler) {
      state_->socket.async_write_some(
          asio::buffer(rest), [&count, handler](auto result, size_t bytes) {
            count = bytes;
            handler(result, bytes);
          });
    });
    written += count;
    if (!outcome || *outcome)
      break;
  }
  return written;
}

std::string tcp_client::read_until(std::string_view end, milliseconds limit) {
  size_t length = 0;
  const auto outcome = state_->attempt(limit, [&](auto handler) {
    asio::async_read_until(state_->socket, asio::dynamic_buffer(state_->buffer),
                           end, [&length, handler](auto result, size_t bytes) {
                             length = bytes;
                             handler(result, bytes);
                           });
  });
  if (!outcome)
    throw timed_out("read only: " + state_->buffer);
  demand(*outcome, "read");
  auto result = state_->buffer.substr(0, length);
  state_->buffer.erase(0, length);
  return result;
}

std::string tcp_client::take(size_t bytes, milliseconds limit) {
  if (state_->buffer.size() < bytes) {
    const auto missing = bytes - state_->buffer.size();
    const auto outcome = state_->attempt(limit, [&](auto handler) {
      asio::async_read(state_->socket, asio::dynamic_buffer(state_->buffer),
                       asio::transfer_at_least(missing), handler);
    });
    if (!outcome)
      throw timed_out("no whole frame came");
    demand(*outcome, "read");
  }
  auto result = state_->buffer.substr(0, bytes);
  state_->buffer.erase(0, bytes);
  return result;
}

tcp_client::received_frame tcp_client::read_frame(milliseconds limit) {
  const auto head = take(2, limit);
  uint64_t length = static_cast<uint8_t>(head[1]) & 0x7F;
  if (length >= 126) {
    const auto longer = take(length == 126 ? 2 : 8, limit);
    length = 0;
    for (unsigned char byte : longer)
      length = length << 8 | byte;
  }
  return {static_cast<opcode>(head[0] & 0x0F), take(length, limit)};
}

bool tcp_client::closed_within(milliseconds limit) {
  const auto outcome = state_->attempt(limit, [&](auto handler) {
    asio::async_read(state_->socket, asio::dynamic_buffer(state_->buffer),
                     handler);
  });
  return outcome.has_value();
}

std::string tcp_client::read_to_end(milliseconds limit) {
  if (!closed_within(limit))
    throw timed_out("the node did not close; it sent: " + state_->buffer);
  return std::move(state_->buffer);
}

struct silent_crowd::state {
  asio::io_context io;
  std::vector<asio::ip::tcp::socket> sockets;
};

silent_crowd::silent_crowd(const endpoint& where, size_t count,
                           std::string_view said)
    : state_(std::make_unique<state>()) {
  state_->sockets.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    auto& socket = state_->sockets.emplace_back(state_->io);
    socket.connect({asio::ip::make_address(where.host), where.port});
    asio::write(socket, asio::buffer(said));
  }
}

silent_crowd::silent_crowd(silent_crowd&&) noexcept = default;
silent_crowd::~silent_crowd() = default;

tcp_client upgraded(const endpoint& where, std::string_view target) {
  tcp_client result(where);
  result.write(upgrade_request(target));
  const auto answer = result.read_until("\r\n\r\n");
  if (!answer.starts_with("HTTP/1.1 101"))
    throw std::runtime_error("no upgrade: " + answer);
  return result;
}

} // namespace parley::test
