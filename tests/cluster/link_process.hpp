#pragma once

#include "support/child_process.hpp"
#include "support/network_hosts.hpp"

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace parley::test {

/// A `link_node` in a process of its own.
class link_process {
public:
  struct options {
    uint32_t node = 1;
    std::string listen = "127.0.0.1";
    std::string tls; ///< See link_node; empty: none.
    std::vector<std::string> more;
    const network_hosts* hosts = nullptr; ///< Runs on host `node` - 1 of it.
  };

  /// Waits until it listens.
  explicit link_process(options with);

  void tell(const std::string& command);

  /// The next "up ..." or "down ..." that it tells of; empty if none came.
  std::string next_event(milliseconds limit = patience);

  /// Sends a command with an id of its own, and gives what comes back for it.
  std::string answer_to(const std::string& verb, const std::string& rest = "");

  /// As `reach` lists a peer.
  std::string as_peer(uint64_t incarnation) const;

  child_process& process() { return *child_; }
  uint16_t port() const { return port_; }

private:
  options with_;
  std::optional<child_process> child_;
  std::ofstream commands_;
  std::string address_;
  uint16_t port_ = 0;
  size_t events_ = 0;
  size_t asked_ = 0;
};

} // namespace parley::test
