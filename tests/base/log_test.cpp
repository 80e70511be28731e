#include "parley/base/log.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <regex>
#include <string>
#include <unistd.h>

using namespace parley;

namespace {

/// Takes what is written to stderr while it lives.
class captured_stderr {
public:
  captured_stderr() : file_(std::tmpfile()), before_(::dup(STDERR_FILENO)) {
    REQUIRE(file_ != nullptr);
    REQUIRE(before_ >= 0);
    ::dup2(::fileno(file_), STDERR_FILENO);
  }

  ~captured_stderr() {
    ::dup2(before_, STDERR_FILENO);
    ::close(before_);
    std::fclose(file_);
    log::set_level("info");
  }

  std::string text() {
    std::string out;
    std::rewind(file_);
    for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_))
      out.push_back(static_cast<char>(c));
    return out;
  }

private:
  std::FILE* file_;
  int before_;
};

/// The pattern of one line, from that of what stands behind its time.
std::string line(const std::string& rest) {
  return R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z )" + rest + "\\n";
}

bool matches(const std::string& text, const std::string& lines) {
  return std::regex_match(text, std::regex{lines});
}

} // namespace

TEST_CASE("an event is one line of time, level, event and text") {
  captured_stderr out;
  log::info("node.ready", "address={} after_ms={}", "[::1]:8080", 12);
  log::warn("disk.low", "free_bytes={}", 7);
  auto lines = line(R"(info node\.ready address=\[::1\]:8080 after_ms=12)")
               + line(R"(warn disk\.low free_bytes=7)");
  CAPTURE(out.text());
  CHECK(matches(out.text(), lines));
}

TEST_CASE("a text cannot pass for another event") {
  captured_stderr out;
  log::error("http.failed", "path={}", "/x\r\nforged\x7f");
  CAPTURE(out.text());
  CHECK(matches(out.text(),
                line(R"(error http\.failed path=/x\\x0d\\x0aforged\\x7f)")));
}

TEST_CASE("what a text holds is not read as a format") {
  captured_stderr out;
  log::info("x", "{}", "{} {0} %v");
  CHECK(out.text().ends_with("info x {} {0} %v\n"));
}

TEST_CASE("events below the level are dropped") {
  captured_stderr out;
  REQUIRE(log::set_level("warn"));
  CHECK(log::current() == log::level::warn);
  log::debug("a", "{}", 1);
  log::info("b", "{}", 2);
  CHECK(out.text().empty());
  REQUIRE(log::set_level("debug"));
  log::debug("c", "{}", 3);
  CHECK(out.text().ends_with("debug c 3\n"));
  REQUIRE(log::set_level("off"));
  log::error("d", "{}", 4);
  CHECK(out.text().ends_with("debug c 3\n"));
}

TEST_CASE("a level that does not exist changes nothing") {
  REQUIRE(log::set_level("info"));
  for (auto name : {"", "INFO", "warning", "infos", "fatal"}) {
    CAPTURE(name);
    CHECK_FALSE(log::set_level(name));
    CHECK(log::current() == log::level::info);
  }
}
