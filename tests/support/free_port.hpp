#pragma once

#include <cstdint>
#include <netinet/in.h>
#include <string>

namespace parley::test {

/// A socket that closes itself.
class socket_guard {
public:
  explicit socket_guard(int family); ///< @throws std::system_error
  socket_guard(socket_guard&& other) noexcept;
  socket_guard(const socket_guard&) = delete;
  socket_guard& operator=(const socket_guard&) = delete;
  ~socket_guard();

  int fd() const { return fd_; }

private:
  int fd_;
};

/// @throws std::runtime_error if it is no IPv4 address.
sockaddr_in to_address(const std::string& host, uint16_t port);

/// A port of the host that nobody uses now, for a server that has to tell its
/// own before it listens. Nobody else who asks on this network gets it as long
/// as this process lives.
uint16_t free_port(const std::string& host = "127.0.0.1");

} // namespace parley::test
