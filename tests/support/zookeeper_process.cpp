#include "support/zookeeper_process.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <csignal>
#include <cstddef>
#include <fstream>
#include <netinet/in.h>
#include <random>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace parley::test {

namespace {

constexpr auto java = "/usr/bin/java";
/// Its manifest names what it needs.
constexpr auto jar = "/usr/share/java/zookeeper.jar";

/// A socket that closes itself.
class socket_guard {
public:
  explicit socket_guard(int family)
      : fd_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (fd_ < 0)
      throw std::system_error(errno, std::generic_category(), "socket");
  }
  socket_guard(socket_guard&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)) {}
  socket_guard(const socket_guard&) = delete;
  socket_guard& operator=(const socket_guard&) = delete;
  ~socket_guard() {
    if (fd_ >= 0)
      ::close(fd_);
  }

  int fd() const { return fd_; }

private:
  int fd_;
};

sockaddr_in to_address(const std::string& host, uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  if (::inet_pton(AF_INET, host.c_str(), &out.sin_addr) != 1)
    throw std::runtime_error("not an IPv4 address: " + host);
  return out;
}

// Below those that the kernel gives to whoever connects.
constexpr uint16_t first_port = 20'000;
constexpr uint16_t last_port = 32'000;

/// Nobody else on this network, who asks in the same way, takes the port as
/// long as this process lives: a Unix socket of that name stands for it.
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

zookeeper_process::zookeeper_process(const zookeeper_options& with)
    : with_(with), port_(with.port != 0 ? with.port : free_port(with.address)) {
  if (::access(java, X_OK) != 0 || ::access(jar, R_OK) != 0)
    throw std::runtime_error("the packages zookeeper and default-jre-headless "
                             "are missing; scripts/deps.sh installs them");
  start();
}

std::string zookeeper_process::servers() const {
  return with_.address + ":" + std::to_string(port_);
}

void zookeeper_process::start() {
  const auto config = dir_.path() / "zoo.cfg";
  std::ofstream(config) << "tickTime=" << with_.tick.count()
                        << "\ndataDir=" << (dir_.path() / "data").string()
                        << "\nclientPortAddress=" << with_.address
                        << "\nclientPort=" << port_
                        << "\nmaxClientCnxns=0\nadmin.enableServer=false"
                           "\nmaxSessionTimeout=60000"
                           "\n4lw.commands.whitelist=srvr\n";
  auto argv = with_.launcher;
  argv.insert(argv.end(),
              {java, "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
               "-Dzookeeper.preAllocSize=1024", "-cp", jar,
               "org.apache.zookeeper.server.quorum.QuorumPeerMain",
               config.string()});
  process_.emplace(argv);
  const auto ended_or_serves = [this] {
    return serves() || !running();
  };
  if (!eventually(ended_or_serves, 4 * patience) || !running())
    throw std::runtime_error("ZooKeeper did not start: " + process_->errors());
}

/// Asks by one of its four-letter words.
bool zookeeper_process::serves() const {
  const socket_guard to{AF_INET};
  const auto at = to_address(with_.address, port_);
  const timeval limit{1, 0};
  ::setsockopt(to.fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (::connect(to.fd(), reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0
      || ::send(to.fd(), "srvr", 4, MSG_NOSIGNAL) != 4) {
    ::usleep(10'000); // leaves it the processor to start on
    return false;
  }
  std::string answer;
  std::array<char, 512> chunk; // NOLINT: recv() fills it
  for (ssize_t count;
       (count = ::recv(to.fd(), chunk.data(), chunk.size(), 0)) > 0;)
    answer.append(chunk.data(), static_cast<size_t>(count));
  return answer.find("Mode: ") != std::string::npos;
}

void zookeeper_process::pause() {
  process_->signal(SIGSTOP);
}

void zookeeper_process::resume() {
  process_->signal(SIGCONT);
}

void zookeeper_process::kill() {
  process_->signal(SIGKILL);
  process_->wait_exit();
}

void zookeeper_process::restart() {
  if (running())
    kill();
  start();
}

} // namespace parley::test
