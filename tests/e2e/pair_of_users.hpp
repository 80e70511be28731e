#pragma once

#include "e2e/shared_node.hpp"

#include <string>

namespace parley::test {

/// Alice and bob, new to each other, and their direct conversation.
struct pair_of_users {
  explicit pair_of_users(server_process& on = node())
      : alice(register_account(on, "alice")),
        bob(register_account(on, "bob")),
        conv(direct(alice, bob)) {}

  account alice;
  account bob;
  std::string conv;
};

} // namespace parley::test
