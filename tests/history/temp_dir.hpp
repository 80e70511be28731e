#pragma once

#include "support/temporary_directory.hpp"

#include <string>

namespace parley::history {

struct temp_dir : test::temporary_directory {
  /// Where the store of a test goes; made by whoever opens it.
  std::string store() const { return file("data/store"); }
};

} // namespace parley::history
