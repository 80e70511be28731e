#include "support/network_hosts.hpp"

#include "support/child_process.hpp"

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <sched.h>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

namespace parley::test {

namespace {

constexpr auto ip = "/usr/sbin/ip";
constexpr auto nft = "/usr/sbin/nft";

void must(const std::vector<std::string>& argv) {
  const auto done = run(argv);
  if (done.status == 0)
    return;
  std::string line;
  for (const auto& word : argv)
    line += word + " ";
  throw std::runtime_error(line + "failed: " + done.errors);
}

/// A network as a file, which keeps it.
int open_network(const std::string& path) {
  const auto fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    throw std::system_error(errno, std::generic_category(), path);
  return fd;
}

/// Names are of the whole machine, where other tests run as well.
std::string unique_prefix() {
  static std::atomic<unsigned> made{0};
  return "parley-" + std::to_string(::getpid()) + "-" + std::to_string(made++);
}

} // namespace

bool network_hosts::possible() {
  return ::geteuid() == 0 && ::access(ip, X_OK) == 0
         && ::access(nft, X_OK) == 0;
}

network_hosts::network_hosts(size_t count)
    : count_(count), prefix_(unique_prefix()) {
  try {
    make();
  } catch (...) {
    remove();
    throw;
  }
}

network_hosts::~network_hosts() {
  remove();
}

/// The switch has a namespace of its own too, so that nothing of the machine
/// itself is touched.
void network_hosts::make() {
  must({ip, "netns", "add", switch_name()});
  must({ip, "-n", switch_name(), "link", "add", "sw", "type", "bridge"});
  must({ip, "-n", switch_name(), "link", "set", "sw", "up"});
  for (size_t i = 0; i < count_; ++i) {
    const auto port = "p" + std::to_string(i);
    must({ip, "netns", "add", name(i)});
    must({ip, "-n", name(i), "link", "add", "eth0", "type", "veth", "peer",
          "name", port, "netns", switch_name()});
    must({ip, "-n", switch_name(), "link", "set", port, "master", "sw", "up"});
    must({ip, "-n", name(i), "address", "add", address(i) + "/24", "dev",
          "eth0"});
    must({ip, "-n", name(i), "link", "set", "eth0", "up"});
    must({ip, "-n", name(i), "link", "set", "lo", "up"});
  }
  heal();
}

void network_hosts::remove() noexcept {
  for (size_t i = 0; i < count_; ++i)
    try {
      run({ip, "netns", "delete", name(i)});
    } catch (...) {
      // The rest has to go all the same.
    }
  try {
    run({ip, "netns", "delete", switch_name()});
  } catch (...) {
    return;
  }
}

std::string network_hosts::name(size_t host) const {
  return prefix_ + "-h" + std::to_string(host);
}

std::string network_hosts::switch_name() const {
  return prefix_ + "-sw";
}

std::string network_hosts::address(size_t host) const {
  return "10.77.0." + std::to_string(host + 1);
}

std::vector<std::string>
network_hosts::on(size_t host, std::vector<std::string> argv) const {
  std::vector<std::string> all{ip, "netns", "exec", name(host)};
  all.insert(all.end(), argv.begin(), argv.end());
  return all;
}

network_hosts::visit::visit(const network_hosts& of, size_t host)
    : home_(open_network("/proc/thread-self/ns/net")) {
  const auto there = open_network("/run/netns/" + of.name(host));
  const auto moved = ::setns(there, CLONE_NEWNET);
  const auto reason = errno;
  ::close(there);
  if (moved == 0)
    return;
  ::close(home_);
  throw std::system_error(reason, std::generic_category(), "setns");
}

network_hosts::visit::~visit() {
  ::setns(home_, CLONE_NEWNET);
  ::close(home_);
}

void network_hosts::cut(size_t a, size_t b) {
  cut_one_way(a, b);
  cut_one_way(b, a);
}

void network_hosts::cut_one_way(size_t from, size_t to) {
  must(on(to, {nft, "add", "rule", "inet", "faults", "input", "ip", "saddr",
               address(from), "drop"}));
}

void network_hosts::isolate(size_t host) {
  for (size_t i = 0; i < count_; ++i)
    if (i != host)
      cut(host, i);
}

/// Also makes the empty chain that the rules go to.
void network_hosts::heal() {
  for (size_t i = 0; i < count_; ++i) {
    must(on(i, {nft, "add", "table", "inet", "faults"}));
    must(on(i, {nft, "add", "chain", "inet", "faults", "input",
                "{ type filter hook input priority 0; }"}));
    must(on(i, {nft, "flush", "chain", "inet", "faults", "input"}));
  }
}

} // namespace parley::test
