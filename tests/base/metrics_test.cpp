#include "parley/base/metrics.hpp"

#include <doctest/doctest.h>

#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

using namespace parley;
using metrics::counter;
using metrics::gauge;

TEST_CASE("threads that count at once lose nothing") {
  auto before = metrics::value(counter::journal_commits);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([] {
        for (int n = 0; n < 10'000; ++n)
          metrics::add(counter::journal_commits);
      });
  }
  CHECK(metrics::value(counter::journal_commits) == before + 40'000);
}

TEST_CASE("a gauge goes up and down") {
  auto before = metrics::value(gauge::sessions);
  metrics::move(gauge::sessions, 5);
  metrics::move(gauge::sessions, -6);
  CHECK(metrics::value(gauge::sessions) == before - 1);
  metrics::move(gauge::sessions, 1);
}

TEST_CASE("every counter and gauge is rendered under a name of its own") {
  std::set<std::string> names;
  std::istringstream lines{metrics::render()};
  std::string help, type, value;
  while (std::getline(lines, help) && std::getline(lines, type)
         && std::getline(lines, value)) {
    CAPTURE(value);
    auto name = value.substr(0, value.find(' '));
    CHECK(help.starts_with("# HELP " + name + " "));
    auto is_counter = type == "# TYPE " + name + " counter";
    auto is_gauge = type == "# TYPE " + name + " gauge";
    CHECK((is_counter || is_gauge));
    CHECK(name.starts_with("parley_"));
    CHECK(name.ends_with("_total") == is_counter);
    names.insert(name);
  }
  CHECK(names.size()
        == static_cast<size_t>(counter::count_)
               + static_cast<size_t>(gauge::count_));
}

TEST_CASE("a rendered value is the counter's") {
  metrics::add(counter::logins_failed, 3);
  auto line = "\nparley_logins_failed_total "
              + std::to_string(metrics::value(counter::logins_failed)) + "\n";
  CHECK(metrics::render().find(line) != std::string::npos);
}
