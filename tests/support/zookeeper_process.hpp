#pragma once

#include "support/server_process.hpp"

namespace parley::test {

struct zookeeper_options {
  std::string address = "127.0.0.1"; ///< Where it listens.
  uint16_t port = 0;                 ///< 0: a free one.
  /// A command line that runs the one that follows it.
  std::vector<std::string> launcher;
  /// Its unit of time. Sessions last from 2 of it on.
  milliseconds tick{200};
};

/// A ZooKeeper of its own, on a free port, with its data in a temporary
/// directory. Serves clients once the constructor has returned.
/// @throws std::runtime_error if Debian's package is not there.
class zookeeper_process {
public:
  explicit zookeeper_process(const zookeeper_options& with = {});

  /// What clients connect to; the same after a restart.
  std::string servers() const;

  void pause();   ///< SIGSTOP: connections stay, nothing is answered.
  void resume();  ///< SIGCONT.
  void kill();    ///< SIGKILL, and waits for the end. Synced data stays.
  void restart(); ///< Starts over the same data; kills it first if need be.
  bool running() { return process_ && process_->running(); }

private:
  void start();
  bool serves() const;

  zookeeper_options with_;
  uint16_t port_;
  temporary_directory dir_;
  std::optional<child_process> process_;
};

} // namespace parley::test
