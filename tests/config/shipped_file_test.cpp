#include "config/keys.hpp"

#include "parley/config/load.hpp"

#include <boost/pfr.hpp>
#include <doctest/doctest.h>

#include <fstream>
#include <map>

using namespace parley::config;

namespace {

const auto shipped_path =
    std::filesystem::path{PARLEY_SOURCE_DIR} / "config" / "parley.toml";

/// The keys of the shipped file, each with the line above it.
std::map<std::string, std::string> shipped_keys() {
  auto result = std::map<std::string, std::string>{};
  auto in = std::ifstream{shipped_path};
  auto table = std::string{};
  auto above = std::string{};
  for (auto line = std::string{}; std::getline(in, line); above = line) {
    if (line.starts_with('['))
      table = line.substr(1, line.find(']') - 1) + ".";
    else if (auto end = line.find(" = ");
             end != std::string::npos && !line.starts_with('#'))
      result[table + line.substr(0, end)] = above;
  }
  return result;
}

/// Counts the members that hold a value, at any depth.
template <class T>
size_t leaves(const T& x) {
  if constexpr (std::is_aggregate_v<T>) {
    auto count = size_t{0};
    boost::pfr::for_each_field(x, [&](auto& each) { count += leaves(each); });
    return count;
  } else {
    return 1;
  }
}

} // namespace

TEST_CASE("the shipped file says the defaults") {
  auto read = load(shipped_path);
  REQUIRE(read.has_value());
  CHECK(*read == settings{});
}

TEST_CASE("the shipped file holds every key, each under a comment") {
  auto shipped = shipped_keys();
  auto target = settings{};
  auto keys = keys_of(target);
  for (auto& each : keys) {
    auto name = std::string{each.name};
    CAPTURE(name);
    REQUIRE(shipped.contains(name));
    CHECK(shipped[name].starts_with("# "));
    CHECK(shipped[name].ends_with('.'));
  }
  CHECK(shipped.size() == keys.size());
}

TEST_CASE("every setting has a key") {
  auto target = settings{};
  CHECK(keys_of(target).size() == leaves(target));
}

TEST_CASE("the defaults do not contradict each other") {
  CHECK(contradictions(settings{}).empty());
}
