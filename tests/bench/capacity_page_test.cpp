#include "capacity_measure.hpp"
#include "capacity_report.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

using namespace parley::bench;

namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in{std::filesystem::path{PARLEY_SOURCE_DIR} / file};
  return std::string{std::istreambuf_iterator<char>{in}, {}};
}

} // namespace

TEST_CASE("the page on capacity shows what the program computes") {
  auto costs = read_costs(boost::json::parse(text_of("bench/capacity.json")));
  auto page = text_of("docs/capacity.md");
  std::istringstream computed{
      capacity_report::make(costs, assumptions{}).text()};
  auto rows = 0;
  for (std::string line; std::getline(computed, line);) {
    if (!line.starts_with('|'))
      continue;
    ++rows;
    CAPTURE(line);
    CHECK(page.find(line + "\n") != std::string::npos);
  }
  CHECK(rows > 80);
}
