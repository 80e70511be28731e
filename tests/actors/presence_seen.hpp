#pragma once

#include "actors/fake_connection.hpp"
#include "actors/node.hpp"
#include "support/json.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace parley::test {

using texts = std::vector<std::string>;

/// What the reply to a watch list says of one user.
inline json::object seen(client& by, const std::string& user) {
  const auto reply =
      by.request({{"t", "watch"}, {"users", json::array{user.c_str()}}});
  return find(objects_of(reply, "items"), {{"user", user}});
}

inline std::string status_of(client& by, const std::string& user) {
  return text_of(seen(by, user), "status");
}

/// The changes that a client has been told of, as "user status".
inline texts changes(client& who) {
  texts all;
  for (const auto& x : who.heard())
    if (text_of(x, "t") == "presence")
      for (const auto& item : objects_of(x, "items"))
        all.push_back(text_of(item, "user") + ' ' + text_of(item, "status"));
  return all;
}

/// Changes are told once in so long.
inline config::settings with_window(std::chrono::seconds coalesce) {
  auto with = calm_settings();
  with.presence.coalesce = coalesce;
  with.presence.node_grace = std::chrono::seconds{10};
  return with;
}

} // namespace parley::test
