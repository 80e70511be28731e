#pragma once

#include "actors/client.hpp"
#include "actors/node.hpp"
#include "actors/pair_of_users.hpp"

#include <optional>
#include <string>
#include <vector>

namespace parley::test {

/// Three nodes; alice and bob, both connected to the first. Everything of
/// theirs is led by the third.
struct cluster {
  explicit cluster(config::settings with = calm_settings())
      : n(std::move(with), 1, 3) {
    n.run();
    n.lead_all(2);
    n.register_users({"alice", "bob"});
    alice = n.connect("alice", "phone");
    bob = n.connect("bob", "phone");
    alice->heard();
    bob->heard();
  }

  /// All nodes learn of it at once.
  void lead(const std::string& name, std::optional<size_t> member) {
    const auto which = n.partition_of(name);
    n.lead(which, member);
    for (size_t i = 0; i < n.members(); ++i)
      n.notify(i, which);
    n.run();
  }

  /// A user whose partition is not the conversation's.
  std::string user_elsewhere(const std::string& conv) {
    for (auto i = 0;; ++i)
      if (auto name = "user" + std::to_string(i);
          n.partition_of(name) != n.partition_of(conv))
        return name;
  }

  node n;
  client_ptr alice;
  client_ptr bob;
};

inline std::vector<std::string>
bodies(const std::vector<json::object>& events) {
  std::vector<std::string> all;
  for (const auto& x : events)
    all.push_back(text_of(x, "body"));
  return all;
}

/// The replies among what a client heard: its own messages may come as events,
/// too, if the leader did not see them sent; others' cursors come when they do.
inline std::vector<json::object> replies_of(client& x) {
  auto all = x.heard();
  std::erase_if(all, [](const auto& y) {
    return text_of(y, "t") != "ack" && text_of(y, "t") != "error"
           && text_of(y, "t") != "history";
  });
  return all;
}

/// What whoever waited for a leader in vain is told.
inline json::object try_again_after(int64_t ms) {
  return {{"t", "error"},
          {"code", "unavailable"},
          {"retryable", true},
          {"retry_after_ms", ms}};
}

inline json::object history_frame(const std::string& conv) {
  return {{"t", "history"}, {"conv", conv}};
}

} // namespace parley::test
