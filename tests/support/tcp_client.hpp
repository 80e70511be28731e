#pragma once

#include "support/deadline.hpp"
#include "support/frames.hpp"
#include "support/server_process.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace parley::test {

/// A bare TCP (or Unix) connection, for clients that misbehave.
class tcp_client {
public:
  explicit tcp_client(const endpoint& where);
  explicit tcp_client(const std::filesystem::path& unix_socket);
  tcp_client(tcp_client&&) noexcept;
  tcp_client& operator=(tcp_client&&) noexcept;
  ~tcp_client();

  /// @returns false if the node closed the connection.
  bool write(std::string_view bytes);

  /// Writes `unit` over and over until the node takes no more for
  /// `limit`, or `bytes_max` are written. @returns the number of bytes that it
  /// took.
  size_t flood(std::string_view unit, size_t bytes_max, milliseconds limit);

  /// Reads until `end` has come. @returns everything up to and with it.
  /// @throws timed_out, std::runtime_error if the connection ends before.
  std::string read_until(std::string_view end, milliseconds limit = patience);

  /// The next frame that the node sends.
  struct received_frame {
    opcode kind;
    std::string payload;
  };
  received_frame read_frame(milliseconds limit = patience);

  /// Reads and drops until the node closes.
  /// @returns whether it did within `limit`.
  bool closed_within(milliseconds limit);

  /// Everything up to the node's close.
  std::string read_to_end(milliseconds limit = patience);

private:
  struct state;
  std::string take(size_t bytes, milliseconds limit);
  std::unique_ptr<state> state_;
};

/// Very many connections that say as much and then nothing. They cost a file
/// each and no more.
class silent_crowd {
public:
  silent_crowd(const endpoint& where, size_t count, std::string_view said);
  silent_crowd(silent_crowd&&) noexcept;
  ~silent_crowd();

private:
  struct state;
  std::unique_ptr<state> state_;
};

/// A bare connection that has upgraded to a WebSocket at `target`.
tcp_client upgraded(const endpoint& where, std::string_view target = "/v1/ws");

} // namespace parley::test
