#pragma once

#include "actors/node.hpp"

#include <string>
#include <utility>

namespace parley::test {

/// The conversation of alice and bob.
inline const std::string direct = "dm:alice:bob";

/// The group that a test makes.
inline const std::string group = group_id(1);

/// Alice and bob on a new node, who have heard nothing yet.
struct pair_of_users {
  node n;
  client_ptr alice;
  client_ptr bob;

  explicit pair_of_users(config::settings with = calm_settings())
      : n(std::move(with)) {
    n.register_users({"alice", "bob"});
    alice = n.connect("alice", "phone");
    bob = n.connect("bob", "phone");
    bob->heard();
  }

  /// The same after `posts` messages of alice's, which both have heard.
  explicit pair_of_users(int posts) : pair_of_users() {
    for (int i = 0; i < posts; ++i)
      alice->post(direct, "x");
    alice->heard();
    bob->heard();
  }
};

} // namespace parley::test
