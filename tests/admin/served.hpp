#pragma once

#include "admin/fake_node.hpp"
#include "support/temporary_directory.hpp"

#include "parley/admin/control.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

namespace parley::admin {

/// A fake node that knows `al`, and its control socket.
struct served {
  served() {
    auto made = control::start(node.with, path);
    REQUIRE(made.has_value());
    socket = std::move(*made);
    node.add_account("al");
  }

  fake_node node;
  test::temporary_directory dir;
  std::string path = dir.file("s");
  std::unique_ptr<control> socket;
};

} // namespace parley::admin
