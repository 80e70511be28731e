#include "support/free_port.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstddef>
#include <random>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace parley::test {

socket_guard::socket_guard(int family)
    : fd_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (fd_ < 0)
    throw std::system_error(errno, std::generic_category(), "socket");
}

socket_guard::socket_guard(socket_guard&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}

socket_guard::~socket_guard() {
  if (fd_ >= 0)
    ::close(fd_);
}

sockaddr_in to_address(const std::string& host, uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  if (::inet_pton(AF_INET, host.c_str(), &out.sin_addr) != 1)
    throw std::runtime_error("not an IPv4 address: " + host);
  return out;
}

namespace {

// Below those that the kernel gives to whoever connects.
constexpr uint16_t first_port = 20'000;
constexpr uint16_t last_port = 32'000;

/// A Unix socket of that name stands for the port.
bool reserve(uint16_t port) {
  static std::vector<socket_guard> reserved;
  socket_guard mark{AF_UNIX};
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  const auto name = "parley test port " + std::to_string(port);
  std::ranges::copy(name, at.sun_path + 1); // An abstract one: no file.
  const auto size = offsetof(sockaddr_un, sun_path) + 1 + name.size();
  if (::bind(mark.fd(), reinterpret_cast<const sockaddr*>(&at),
             static_cast<socklen_t>(size))
      != 0)
    return false;
  reserved.push_back(std::move(mark));
  return true;
}

bool is_free(const std::string& host, uint16_t port) {
  const socket_guard probe{AF_INET};
  const auto at = to_address(host, port);
  return ::bind(probe.fd(), reinterpret_cast<const sockaddr*>(&at), sizeof at)
         == 0;
}

} // namespace

uint16_t free_port(const std::string& host) {
  static std::random_device dice;
  std::uniform_int_distribution<uint16_t> any{first_port, last_port};
  for (int tries = 0; tries < 1000; ++tries)
    if (const auto port = any(dice); is_free(host, port) && reserve(port))
      return port;
  throw std::runtime_error("no port is free at " + host);
}

} // namespace parley::test
