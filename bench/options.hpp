#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace parley::bench {

/// What the command line sets. Counts of 0 stand for the scenario's own.
struct options {
  std::string scenario;

  std::filesystem::path server; ///< The `parley` to start; empty: see `url`.
  std::string url;              ///< A server that runs already.
  int pid = 0;                  ///< Its process, for CPU time and memory.
  std::filesystem::path relay;  ///< The `relay-limit` to start.
  bool with_relay = true;
  std::filesystem::path extra_config; ///< Appended to the server's config.
  std::filesystem::path work_dir;     ///< Where data directories are made.
  int server_cpu = 0;
  int generator_cpu = 1;

  uint32_t sessions = 0;
  uint32_t senders = 0;
  uint32_t in_flight = 0;
  uint32_t group_size = 100;
  uint32_t body_bytes = 100;
  uint64_t messages = 1'000'000; ///< What `start` fills the history with.
  double rate = 0; ///< Messages a second, open loop; 0: closed loop.
  uint32_t rounds = 5;
  std::chrono::seconds warm_up{2};
  std::chrono::seconds measure{0}; ///< 0: the scenario's own.

  std::filesystem::path json; ///< Also write the figures here; "-": stdout.
};

} // namespace parley::bench
