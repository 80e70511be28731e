#pragma once

#include "support/deadline.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::test {

/// A program that a test runs. It dies with the test program, however that
/// ends. Its output is drained all the time, so it never waits for the test.
class child_process {
public:
  using environment = std::map<std::string, std::string>;

  /// Starts `argv[0]` with `extra` added to the test's own environment.
  /// Call from the main thread: the child ends with the thread that made it.
  /// @throws std::system_error if there is no such program.
  /// `input` is all that the program can read.
  explicit child_process(const std::vector<std::string>& argv,
                         const environment& extra = {},
                         std::string_view input = {});
  child_process(child_process&&) noexcept;
  child_process& operator=(child_process&&) noexcept;
  ~child_process(); ///< Kills it if it still runs.

  /// The first line of its output that starts with `start`; nothing if the
  /// output ended or `limit` passed without one.
  std::optional<std::string> wait_for_line(std::string_view start,
                                           milliseconds limit = patience);

  void signal(int number);

  /// The exit status, or the negative number of the signal that ended it.
  /// @throws timed_out if it still runs after `limit`.
  int wait_exit(milliseconds limit = patience);

  bool running();
  int pid() const;
  std::string output() const; ///< Standard output so far.
  std::string errors() const; ///< Standard error so far.

private:
  struct state;
  std::unique_ptr<state> state_;
};

struct finished {
  int status; ///< As of `child_process::wait_exit`.
  std::string output;
  std::string errors;
};

/// Runs a program to its end.
finished run(const std::vector<std::string>& argv,
             const child_process::environment& extra = {},
             std::string_view input = {});

} // namespace parley::test
