#include "support/doctest.hpp"
#include "support/server_process.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <unistd.h>

// Configuration mistakes are told with file, line and what was expected, and
// the process exits with 2 before it binds anything.

namespace parley::test {
namespace {

struct refused_start {
  explicit refused_start(const std::string& text) {
    const auto file = dir.path() / "wrong.toml";
    std::ofstream(file) << text;
    result =
        run({server_process::binary(), "serve", "--config", file.string()});
  }

  bool says(const std::string& part) const {
    return (result.output + result.errors).find(part) != std::string::npos;
  }

  temporary_directory dir;
  finished result;
};

TEST_CASE("a mistake in the config stops the start with 2, and tells the line "
          "and what was expected") {
  struct row {
    const char* text;
    const char* line;
    const char* about;
  };
  for (const auto& [text, line, about] : std::initializer_list<row>{
           {"[http]\n\nlisten_on = \"127.0.0.1:0\"\n", "3", "listen_on"},
           {"[htpt]\nlisten = \"127.0.0.1:0\"\n", "1", "htpt"},
           {"[http]\nlisten = 8080\n", "2", "listen"},
           {"[http]\nlisten = \"localhost\"\n", "2", "listen"},
           {"[http]\nlisten = \"127.0.0.1:65536\"\n", "2", "listen"},
           {"[http]\nping_interval = 25\n", "2", "ping_interval"},
           {"[http]\nping_interval = \"soon\"\n", "2", "ping_interval"},
           {"[auth]\nregistration = \"maybe\"\n", "2", "registration"},
           {"[auth]\n# a comment\naccess_ttl = \"0s\"\n", "3", "access_ttl"},
           {"[auth]\nargon2_memory_kib = -1\n", "2", "argon2_memory_kib"},
           {"[limits]\nsends_per_s = 1.5\n", "2", "sends_per_s"},
           {"[storage]\ninbox_rows = 0\n", "2", "inbox_rows"},
           {"[cluster]\nmode = \"galaxy\"\n", "2", "mode"},
           {"[cluster]\npartitions = 100\n", "2", "partitions"},
           {"[log]\nlevel = \"loud\"\n", "2", "level"},
           {"[debug]\necho = \"yes\"\n", "2", "echo"},
           {"[auth.external]\nalgorithm = \"none\"\n", "2", "algorithm"},
           {"node = 7\n", "1", "node"}}) {
    CAPTURE(text);
    const refused_start start(text);
    CHECK(start.result.status == 2);
    CHECK(start.says("wrong.toml:" + std::string(line)));
    CHECK(start.says(about));
    CHECK(start.says("expected"));
    CHECK_FALSE(start.says("parley: ready"));
  }
}

TEST_CASE("all mistakes are told at once") {
  const refused_start start("[http]\nfoo = 1\n[node]\nbar = 2\n");
  CHECK(start.result.status == 2);
  CHECK(start.says("foo"));
  CHECK(start.says("bar"));
}

TEST_CASE("what is not TOML is told with its line") {
  const refused_start start("[http]\nlisten = \n");
  CHECK(start.result.status == 2);
  CHECK(start.says("wrong.toml:2"));
}

TEST_CASE("a GeoIP database that cannot be read stops the start with 2, before "
          "anything is made") {
  const temporary_directory here;
  const refused_start start("[node]\ndata_dir = \"" + here.file("data")
                            + "\"\n[discovery]\ngeoip_database = \""
                            + here.file("no.mmdb")
                            + "\"\ncontinents = [\"EU=eu\"]\n");
  CHECK(start.result.status == 2);
  CHECK(start.says("parley: discovery.geoip_database: " + here.file("no.mmdb")
                   + ": No such file or directory"));
  CHECK_FALSE(std::filesystem::exists(here.file("data")));
}

TEST_CASE("serve without a file runs on the defaults, in a host of its own") {
  const temporary_directory here;
  child_process node({"/usr/bin/unshare", ::geteuid() == 0 ? "-n" : "-rn",
                      "/bin/sh", "-c",
                      "cd \"$0\" && ip link set lo up && exec \"$1\" serve",
                      here.path().string(), server_process::binary()});
  const auto line = node.wait_for_line("parley: ready at ");
  CAPTURE(node.errors());
  REQUIRE(line);
  CHECK(*line == "parley: ready at http://localhost:8080");
  CHECK(std::filesystem::exists(here.path() / "parley-data"));
  node.signal(SIGTERM);
  CHECK(node.wait_exit() == 0);
}

TEST_CASE("a config file that is not there stops the start with 2") {
  const auto done = run(
      {server_process::binary(), "serve", "--config", "/no/such/file.toml"});
  CHECK(done.status == 2);
  CHECK(done.errors.find("/no/such/file.toml") != std::string::npos);
}

TEST_CASE("the example config of the repository starts a node") {
  temporary_directory dir;
  const auto example =
      std::filesystem::path(PARLEY_SOURCE_DIR) / "config" / "parley.toml";
  std::ifstream input(example);
  std::string text((std::istreambuf_iterator<char>(input)), {});
  const auto set = [&text](const std::string& key, const std::string& value) {
    const auto at = text.find("\n" + key + " = ");
    REQUIRE(at != std::string::npos);
    text.replace(at + 1, text.find('\n', at + 1) - at - 1,
                 key + " = \"" + value + "\"");
  };
  set("listen", "127.0.0.1:0");
  set("data_dir", (dir.path() / "data").string());
  const auto file = dir.path() / "parley.toml";
  std::ofstream(file) << text;
  child_process started(
      {server_process::binary(), "serve", "--config", file.string()});
  CHECK(
      started.wait_for_line("parley: ready at http://127.0.0.1:").has_value());
}

TEST_CASE("version prints the version") {
  const auto done = run({server_process::binary(), "version"});
  CHECK(done.status == 0);
  CHECK(done.output.find("0.1.0") != std::string::npos);
}

TEST_CASE("a command that there is not is a usage mistake") {
  CHECK(run({server_process::binary()}).status == 2);
  CHECK(run({server_process::binary(), "dance"}).status == 2);
  CHECK(run({server_process::binary(), "serve", "--fast"}).status == 2);
}

TEST_CASE("two nodes cannot share a data directory") {
  server_process first;
  temporary_directory dir;
  const auto file = dir.path() / "second.toml";
  std::ofstream(file) << to_toml({{"node.data_dir", first.data_dir().string()},
                                  {"http.listen", "127.0.0.1:0"}});
  const auto done =
      run({server_process::binary(), "serve", "--config", file.string()});
  CHECK(done.status != 0);
  CHECK_FALSE(done.errors.empty());
}

TEST_CASE("an address that is taken is an error, not a crash") {
  server_process first;
  temporary_directory dir;
  const auto file = dir.path() / "second.toml";
  std::ofstream(file) << to_toml(
      {{"node.data_dir", (dir.path() / "data").string()},
       {"http.listen", "127.0.0.1:" + std::to_string(first.where().port)}});
  const auto done =
      run({server_process::binary(), "serve", "--config", file.string()});
  CHECK(done.status == 1);
  CHECK_FALSE(done.errors.empty());
}

} // namespace
} // namespace parley::test
