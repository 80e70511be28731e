#include "history/rows.hpp"
#include "history/temp_dir.hpp"

#include "parley/history/open.hpp"

#include <csignal>
#include <cstdlib>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

using namespace parley;
using namespace parley::history;

// The disk on which crash tests rely: it loses what it may lose.

namespace {

constexpr auto folder_variable = "PARLEY_TEST_STORE";
constexpr auto other_process = "the process whose disk loses its power";

/// Runs another process of this program, on a disk of which nothing stays that
/// was not synced. @returns how it ended, as `waitpid` tells.
int run_until_power_is_lost(const std::string& folder) {
  const auto pid = ::fork();
  if (pid == 0) {
    ::setenv("PARLEY_DISK", "0", 1);
    ::setenv(folder_variable, folder.c_str(), 1);
    const auto which = std::string{"-tc="} + other_process;
    ::execl("/proc/self/exe", "test", "--no-skip", which.c_str(), nullptr);
    ::_exit(1);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return status;
}

batch row(const std::string& key) {
  batch one;
  one.put(family::state, key, "value");
  return one;
}

} // namespace

TEST_CASE(other_process* doctest::skip()) {
  const char* folder = std::getenv(folder_variable);
  REQUIRE(folder != nullptr);
  open_options options;
  options.path = folder;
  auto store = open_rocks(options);
  REQUIRE(store.has_value());
  CHECK((*store)->write({row("synced")}).has_value());
  CHECK((*store)->write_behind({row("behind")}).has_value());
  ::raise(SIGUSR1);
  for (;;)
    ::pause();
}

TEST_CASE("what was synced outlives a loss of power, and nothing else does") {
  const temp_dir dir;
  open_options options;
  options.path = dir.store();
  const auto status = run_until_power_is_lost(options.path);
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGKILL);
  auto store = open_rocks(options);
  REQUIRE(store.has_value());
  const auto has = [&](const char* key) {
    return (*store)->get(family::state, key, reach::disk)->has_value();
  };
  CHECK(has("synced"));
  CHECK_FALSE(has("behind"));
}
