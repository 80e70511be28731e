#include "admin/served.hpp"

#include "parley/admin/command_line.hpp"

#include <CLI/CLI.hpp>
#include <doctest/doctest.h>

#include <fstream>
#include <iostream>
#include <sstream>

namespace parley::admin {

namespace {

/// Runs `parley admin …`; 2 also stands for a line that cannot be parsed.
int run(std::vector<std::string> words) {
  CLI::App app;
  app.require_subcommand(1);
  auto carry_out = add_commands(app);
  std::reverse(words.begin(), words.end());
  words.push_back("admin");
  try {
    app.parse(words);
  } catch (const CLI::ParseError&) {
    return 2;
  }
  return carry_out();
}

/// What the process reads from its standard input while this lives.
class typed {
public:
  explicit typed(const std::string& text)
      : text_(text), before_(std::cin.rdbuf(text_.rdbuf())) {
    std::cin.clear();
  }
  typed(const typed&) = delete;
  typed& operator=(const typed&) = delete;
  ~typed() { std::cin.rdbuf(before_); }

private:
  std::istringstream text_;
  std::streambuf* before_;
};

} // namespace

TEST_CASE("the exit status is 0 when done, 1 when refused") {
  served on;
  CHECK(run({"--socket", on.path, "status"}) == 0);
  CHECK(run({"--socket", on.path, "--json", "users", "list"}) == 0);
  CHECK(run({"users", "list", "--limit", "3", "--json", "--socket", on.path})
        == 0);
  CHECK(run({"--socket", on.path, "users", "show", "al"}) == 0);
  CHECK(run({"--socket", on.path, "users", "show", "bo"}) == 1);
  CHECK(run({"--socket", on.path, "--json", "users", "show", "bo"}) == 1);
}

TEST_CASE("the exit status is 1 when no node answers") {
  test::temporary_directory dir;
  CHECK(run({"--socket", dir.file("none"), "status"}) == 1);
  CHECK(run({"--socket", std::string(200, 'x'), "status"}) == 1);
}

TEST_CASE("the exit status is 2 for a line that means nothing") {
  CHECK(run({}) == 2);
  CHECK(run({"dance"}) == 2);
  CHECK(run({"users"}) == 2);
  CHECK(run({"users", "show"}) == 2);
  CHECK(run({"users", "list", "--limit", "0"}) == 2);
  CHECK(run({"users", "list", "--limit", "many"}) == 2);
  CHECK(run({"sessions", "kick", "al", "--device", "d", "--session", "s"})
        == 2);
  CHECK(run({"--socket", "s", "--config", "c", "status"}) == 2);
}

TEST_CASE("the settings file names the socket, and its mistakes are told") {
  served on;
  auto file = on.dir.file("parley.toml");
  std::ofstream{file} << "[admin]\nsocket = \"" << on.path << "\"\n";
  CHECK(run({"--config", file, "status"}) == 0);
  std::ofstream{file} << "[admin]\nsockets = 1\n";
  CHECK(run({"--config", file, "status"}) == 2);
}

TEST_CASE("arguments reach the node under their own names") {
  served on;
  {
    typed password{"12345678\n"};
    CHECK(run({"--socket", on.path, "users", "create", "bo", "--display-name",
               "Bo!", "--password-stdin"})
          == 0);
  }
  CHECK(run({"--socket", on.path, "users", "disable", "al"}) == 0);
  CHECK(run({"--socket", on.path, "users", "disable", "al", "--off"}) == 0);
  CHECK(on.node.world.done
        == std::vector<std::string>{"create bo Bo! hash(12345678)",
                                    "disable al on", "disable al off"});
}

TEST_CASE("without a password nothing is asked of the node") {
  served on;
  typed nothing{""};
  CHECK(
      run({"--socket", on.path, "users", "password", "al", "--password-stdin"})
      == 2);
  CHECK(on.node.world.done.empty());
}

} // namespace parley::admin
