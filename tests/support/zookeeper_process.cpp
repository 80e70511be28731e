#include "support/zookeeper_process.hpp"

#include "support/free_port.hpp"

#include <array>
#include <csignal>
#include <fstream>
#include <sys/socket.h>
#include <unistd.h>

namespace parley::test {

namespace {

constexpr auto java = "/usr/bin/java";
/// Its manifest names what it needs.
constexpr auto jar = "/usr/share/java/zookeeper.jar";

} // namespace

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
