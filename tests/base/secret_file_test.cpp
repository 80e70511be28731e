#include "support/temporary_directory.hpp"

#include "parley/base/secret_file.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>

using namespace parley;
namespace fs = std::filesystem;

namespace {

/// Writes a file with these permissions. @returns its path.
std::string put_file(const fs::path& path, const std::string& bytes,
                     fs::perms mode) {
  std::ofstream{path, std::ios::binary} << bytes;
  fs::permissions(path, mode);
  return path.string();
}

constexpr auto owner_only = fs::perms::owner_read | fs::perms::owner_write;

} // namespace

TEST_CASE("a secret is made once, for its owner only") {
  test::temporary_directory here;
  auto path = (here.path() / "token.key").string();
  auto made = open_secret(path, system_random());
  REQUIRE(made.has_value());
  CHECK(made->size() == 32);
  CHECK(fs::status(path).permissions() == owner_only);
  CHECK(open_secret(path, system_random()).value() == *made);
  auto files = std::distance(fs::directory_iterator{here.path()}, {});
  CHECK(files == 1);
  auto other = open_secret((here.path() / "other").string(), system_random());
  CHECK(other.value() != *made);
}

TEST_CASE("what an interrupted start left behind does not stop the next") {
  test::temporary_directory here;
  put_file(here.path() / "token.key.new", "half", owner_only);
  auto made =
      open_secret((here.path() / "token.key").string(), system_random());
  REQUIRE(made.has_value());
  CHECK(made->size() == 32);
}

TEST_CASE("a secret that others may read or that is too short is refused") {
  test::temporary_directory here;
  auto refused = [&](const std::string& path, std::string_view why) {
    auto opened = open_secret(path, system_random());
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == errc::internal);
    CHECK(opened.error().message.find(path) != std::string::npos);
    CHECK_MESSAGE(opened.error().message.find(why) != std::string::npos,
                  opened.error().message);
  };
  std::string good(32, 'k');
  refused(
      put_file(here.path() / "group", good, owner_only | fs::perms::group_read),
      "0600");
  refused(put_file(here.path() / "others", good,
                   owner_only | fs::perms::others_read),
          "0600");
  refused(put_file(here.path() / "short", std::string(31, 'k'), owner_only),
          "31 bytes");
  refused(put_file(here.path() / "empty", "", owner_only), "0 bytes");
  refused(put_file(here.path() / "long", std::string(5000, 'k'), owner_only),
          "4096");
  refused((here.path() / "no" / "such" / "folder").string(), "No such file");
  fs::create_directory(here.path() / "folder");
  fs::permissions(here.path() / "folder", fs::perms::owner_all);
  refused((here.path() / "folder").string(), "plain file");
}

TEST_CASE("a secret of the operator's own is taken as it is") {
  test::temporary_directory here;
  std::string own = "an operator's own secret of 34 byte";
  auto path = put_file(here.path() / "own", own, fs::perms::owner_read);
  CHECK(open_secret(path, system_random()).value() == own);
}
