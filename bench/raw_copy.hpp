#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace parley::bench {

/// The yardstick of `copy-speed`: a file's bytes over one connection, inside
/// TLS as between nodes if there is a certificate (else it is empty). Blocks,
/// and throws when something fails.
class raw_sender {
public:
  explicit raw_sender(const std::string& certificate);
  ~raw_sender();

  uint16_t port() const;
  /// Waits for the receiver to say go.
  void send(const std::filesystem::path& file);

private:
  struct state;
  std::unique_ptr<state> state_;
};

class raw_receiver {
public:
  raw_receiver(const std::string& certificate, uint16_t port);
  ~raw_receiver();

  /// Says go, writes what comes to a file, and syncs it.
  void receive(const std::filesystem::path& file);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace parley::bench
