#pragma once

#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace parley::test {

/// A value as it stands in a TOML file.
class toml_value {
public:
  toml_value(const char* value);
  toml_value(const std::string& value);
  template <std::integral T>
  toml_value(T value)
      : text_(std::same_as<T, bool> ? (value ? "true" : "false")
                                    : std::to_string(value)) {}

  static toml_value list(const std::vector<std::string>& values);

  const std::string& text() const { return text_; }

private:
  std::string text_;
};

/// Dotted key to value, as `{"http.ping_interval", "200ms"}`.
using overrides = std::map<std::string, toml_value>;

/// The settings as a TOML file, one table after the other.
std::string to_toml(const overrides& settings);

struct endpoint {
  std::string host;
  uint16_t port = 0;
};

/// The real binary with a data directory of its own. Starts in the
/// constructor and is ready for clients after it.
class server_process {
public:
  /// @param extra for the environment of each start.
  /// @param launcher a command line that runs the one that follows it.
  /// @param run the binary, if it is not the one under test.
  explicit server_process(const overrides& settings = {},
                          const child_process::environment& extra = {},
                          std::vector<std::string> launcher = {},
                          std::string run = {});
  ~server_process();

  /// Where the node listens; another port after each start.
  const endpoint& where() const { return where_; }

  /// Starts again over the same data directory; `extra` is for this start.
  void restart(const child_process::environment& extra = {});

  /// What the next start reads.
  void configure(const overrides& settings);

  /// The binary of the next start.
  void run_as(std::string binary) { binary_ = std::move(binary); }

  void kill();       ///< SIGKILL, and waits for the end.
  void lose_power(); ///< With `PARLEY_DISK` set: see fragile_disk.hpp.
  int terminate(milliseconds limit = patience); ///< SIGTERM; the exit status.
  void send_terminate();                        ///< SIGTERM; does not wait.
  void signal(int number);                      ///< SIGSTOP, SIGCONT.
  int wait_exit(milliseconds limit = patience);
  bool running() { return process_->running(); }

  /// Everything that the node wrote since its last start.
  std::string log() const;

  /// Resident memory now.
  size_t resident_bytes() const;

  std::filesystem::path data_dir() const { return dir_.path() / "data"; }
  std::filesystem::path control_socket() const {
    return data_dir() / "parley.sock";
  }

  /// Runs `parley admin` against this node.
  finished admin(const std::vector<std::string>& arguments,
                 std::string_view input = {}) const;

  /// The binary under test: PARLEY_BINARY of the environment, else of the
  /// build.
  static std::string binary();

private:
  void start(const child_process::environment& extra);

  child_process::environment environment_;
  std::vector<std::string> launcher_;
  std::string binary_;
  temporary_directory dir_;
  std::filesystem::path config_;
  std::optional<child_process> process_;
  endpoint where_;
};

} // namespace parley::test
