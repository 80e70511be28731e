#include "parley/base/log.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <string>
#include <string_view>
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

/// The text without the time at the head of each line, which must be there.
std::string without_times(std::string_view text) {
  constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd.dddZ ";
  std::string out;
  while (!text.empty()) {
    std::string time{text.substr(0, shape.size())};
    for (auto& c : time)
      if (c >= '0' && c <= '9')
        c = 'd';
    CHECK(time == shape);
    text.remove_prefix(time.size());
    auto line = text.substr(0, text.find('\n') + 1);
    out.append(line);
    text.remove_prefix(line.empty() ? text.size() : line.size());
  }
  return out;
}

} // namespace

TEST_CASE("an event is one line of time, level, event and text") {
  captured_stderr out;
  log::info("node.ready", "address={} after_ms={}", "[::1]:8080", 12);
  log::warn("disk.low", "free_bytes={}", 7);
  CHECK(without_times(out.text())
        == "info node.ready address=[::1]:8080 after_ms=12\n"
           "warn disk.low free_bytes=7\n");
}

TEST_CASE("a text cannot pass for another event") {
  captured_stderr out;
  log::error("http.failed", "path={}", "/x\r\nforged\x7f");
  CHECK(without_times(out.text())
        == "error http.failed path=/x\\x0d\\x0aforged\\x7f\n");
}

TEST_CASE("what a text holds is not read as a format") {
  captured_stderr out;
  log::info("x", "{}", "{} {0} %v");
  CHECK(without_times(out.text()) == "info x {} {0} %v\n");
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
