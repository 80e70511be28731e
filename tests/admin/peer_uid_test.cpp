#include "admin/fake_node.hpp"
#include "admin/net.hpp"
#include "support/temporary_directory.hpp"

#include "parley/admin/control.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

namespace parley::admin {

namespace {

/// In a child of another user: connects and gives the first byte's worth of
/// what it is told, as an exit status. Calls nothing that a fork of a process
/// with threads may not.
[[noreturn]] void ask_as_nobody(const sockaddr_un& where) {
  constexpr uid_t nobody = 65534;
  char text[256] = {};
  int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  if (::setuid(nobody) != 0)
    ::_exit(100);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&where), sizeof where)
      != 0)
    ::_exit(101);
  ::shutdown(fd, SHUT_WR);
  if (::read(fd, text, sizeof text - 1) <= 0)
    ::_exit(102);
  ::_exit(std::strstr(text, "forbidden") != nullptr ? 0 : 103);
}

} // namespace

TEST_CASE("another user is refused even where the file would let them in"
          * doctest::skip(::geteuid() != 0)) {
  fake_node node;
  test::temporary_directory dir;
  auto path = dir.file("s");
  auto made = control::start(node.with, path);
  REQUIRE(made.has_value());
  std::filesystem::permissions(dir.path(), std::filesystem::perms::all);
  std::filesystem::permissions(path, std::filesystem::perms::all);
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  std::strncpy(where.sun_path, path.c_str(), sizeof where.sun_path - 1);
  auto child = ::fork();
  if (child == 0)
    ask_as_nobody(where);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

} // namespace parley::admin
