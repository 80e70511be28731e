#include "parley/base/fault.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <initializer_list>
#include <sys/wait.h>
#include <unistd.h>

namespace {

/// Passes `point` up to `times` times in a process of its own.
/// @returns how that ended, as waitpid() says it.
int pass(const char* setting, const char* point, int times) {
  auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::setenv("PARLEY_FAULT", setting, 1);
    for (int i = 0; i < times; ++i)
      parley::fault::point(point);
    ::_exit(parley::fault::armed(point) ? 1 : 0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

bool exited(int status, int code) {
  return WIFEXITED(status) && WEXITSTATUS(status) == code;
}

} // namespace

#ifdef PARLEY_FAULTS

namespace {

bool killed(int status) {
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

} // namespace

TEST_CASE("an armed fault point kills the process the n-th time") {
  CHECK(killed(pass("journal.committed", "journal.committed", 1)));
  CHECK(killed(pass("journal.committed:3", "journal.committed", 3)));
  CHECK(exited(pass("journal.committed:3", "journal.committed", 2), 1));
}

TEST_CASE("other fault points are passed") {
  CHECK(exited(pass("journal.committed", "journal.commit", 5), 0));
  CHECK(exited(pass("", "journal.committed", 5), 0));
}

TEST_CASE("a mistyped fault ends the process instead of arming nothing") {
  for (auto setting : {"a:", "a:0", "a:x", "a:1x", "a:-1"}) {
    CAPTURE(setting);
    CHECK(exited(pass(setting, "b", 1), 2));
  }
}

#else

TEST_CASE("a build without fault points ignores the environment") {
  CHECK(exited(pass("journal.committed", "journal.committed", 1), 0));
}

#endif
