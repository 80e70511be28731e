#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <time.h>
#include <vector>

namespace parley::bench {

/// What the kernel says of a running process.
struct usage {
  std::chrono::nanoseconds cpu{}; ///< User and system time of all threads.
  uint64_t resident_bytes = 0;
};

/// @throws std::runtime_error if there is no such process.
usage usage_of(pid_t pid);

/// CPU time alone, which is cheap enough to read at the edge of a measurement.
std::chrono::nanoseconds cpu_time_of(pid_t pid);

/// What a clock of the system shows.
double seconds_of(clockid_t clock);

/// What the whole system's kernel holds for sockets and the like: slabs that it
/// cannot reclaim.
double kernel_bytes();

/// Keeps the calling process on one core.
void pin_to(int cpu);

/// Raises the limit of open files to what the system allows.
void raise_file_limit();

/// A directory under the system's temporary one; removed with its owner.
class temp_directory {
public:
  explicit temp_directory(const std::filesystem::path& parent);
  ~temp_directory();
  temp_directory(const temp_directory&) = delete;
  temp_directory& operator=(const temp_directory&) = delete;

  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

/// A server under test, as a child that dies with its parent.
class process {
public:
  /// Starts `command` on core `cpu` and waits for a line on its output that
  /// reads `NAME: ready at URL`. What it prints goes to the file `log`.
  /// @throws std::runtime_error if it ends or stays silent for `limit`.
  process(const std::vector<std::string>& command, std::string_view name,
          int cpu, const std::filesystem::path& log,
          std::chrono::seconds limit);
  ~process();
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  pid_t pid() const { return pid_; }
  const std::string& url() const { return url_; }

  /// From the start to the line that says ready.
  std::chrono::nanoseconds start_time() const { return start_time_; }

  /// SIGKILL, and waits for the end.
  void kill();

private:
  bool ended();
  void await_ready(const std::string& prefix, std::chrono::seconds limit);

  pid_t pid_ = -1;
  std::filesystem::path log_;
  std::string url_;
  std::chrono::nanoseconds start_time_{};
};

} // namespace parley::bench
