#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <stdlib.h>
#include <string>

namespace parley::server {

/// A fresh directory, removed with all that is in it.
class temp_dir {
public:
  temp_dir() {
    auto name =
        (std::filesystem::temp_directory_path() / "parley-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  temp_dir(const temp_dir&) = delete;
  temp_dir& operator=(const temp_dir&) = delete;
  ~temp_dir() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }

  std::filesystem::path path;
};

} // namespace parley::server
