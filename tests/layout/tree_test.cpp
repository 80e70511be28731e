#include "include_rules.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace parley::layout;
namespace fs = std::filesystem;

namespace {

const auto root = fs::path{PARLEY_SOURCE_DIR};

/// Every C++ file under include/parley and src, by its path from the root.
std::vector<fs::path> files() {
  auto result = std::vector<fs::path>{};
  for (auto folder : {root / "include" / "parley", root / "src"})
    for (auto& each : fs::recursive_directory_iterator{folder})
      if (auto type = each.path().extension(); type == ".hpp" || type == ".cpp")
        result.push_back(each.path().lexically_relative(root));
  return result;
}

std::vector<std::string> includes_in(const fs::path& file) {
  auto in = std::ifstream{root / file};
  return includes_of(std::string{std::istreambuf_iterator{in}, {}});
}

} // namespace

TEST_CASE("each file includes only what its part may") {
  REQUIRE(files().size() > 10);
  for (auto& file : files()) {
    auto path = file.generic_string();
    CAPTURE(path);
    CHECK(part_of(path) != "");
    for (auto& name : includes_in(file)) {
      CAPTURE(name);
      CHECK(objection(path, name) == "");
    }
  }
}

TEST_CASE("each source includes its own header first") {
  for (auto& file : files()) {
    if (file.extension() != ".cpp")
      continue;
    auto part = part_of(file.generic_string());
    auto name = file.stem().string() + ".hpp";
    auto own = std::string{};
    if (auto header = "parley/" + part + "/" + name;
        fs::exists(root / "include" / header))
      own = header;
    else if (fs::exists(root / file.parent_path() / name))
      own = part + "/" + name;
    if (own.empty())
      continue;
    CAPTURE(file.string());
    auto names = includes_in(file);
    REQUIRE(!names.empty());
    CHECK(names.front() == own);
  }
}
