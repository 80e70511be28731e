#pragma once

#include "parley/base/clock.hpp"
#include "parley/protocol/events.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace parley::model {

/// The live sessions of a partition's users and what follows from them: one
/// session a (user, device), and a status for each user. `Handle` is how a
/// session is reached; it does not matter here.
template <class Handle>
class session_table {
public:
  struct session {
    std::string id;
    std::string device;
    std::string login;
    Handle handle;
    bool away = false;
    timestamp since = 0;
    timestamp noted = 0; ///< When its device was last noted as in use.
  };

  /// A device of a user.
  struct device {
    std::string user;
    std::string name;
  };

  using sessions = std::vector<session>;
  using status = protocol::presence_status;

  /// Adds a session. @returns the one of the same device that it replaces.
  std::optional<session> attach(const std::string& user, session x) {
    auto& all = users_[user];
    std::optional<session> replaced;
    auto old = std::find_if(all.begin(), all.end(), [&](const auto& s) {
      return s.device == x.device;
    });
    if (old != all.end()) {
      replaced = std::move(*old);
      all.erase(old);
    }
    all.push_back(std::move(x));
    return replaced;
  }

  /// Removes a session. @returns what it was; nothing if it is not known (any
  /// more): it was replaced or ended before.
  std::optional<session> detach(const std::string& user, std::string_view id) {
    auto entry = users_.find(user);
    if (entry == users_.end())
      return std::nullopt;
    auto& all = entry->second;
    auto i = std::find_if(all.begin(), all.end(),
                          [&](const auto& s) { return s.id == id; });
    if (i == all.end())
      return std::nullopt;
    std::optional<session> found = std::move(*i);
    all.erase(i);
    if (all.empty())
      users_.erase(entry);
    return found;
  }

  void set_away(const std::string& user, std::string_view id, bool away) {
    auto entry = users_.find(user);
    if (entry == users_.end())
      return;
    for (auto& s : entry->second)
      if (s.id == id)
        s.away = away;
  }

  /// Notes the devices that are in use `now`, of those that were last noted
  /// before `then`. @returns them, at most `max`: the rest has its turn later.
  std::vector<device> note_in_use(timestamp now, timestamp then, size_t max) {
    std::vector<device> noted;
    for (auto& [user, all] : users_)
      for (auto& s : all) {
        if (noted.size() >= max)
          return noted;
        if (s.noted >= then)
          continue;
        s.noted = now;
        noted.push_back({user, s.device});
      }
    return noted;
  }

  const sessions& of(const std::string& user) const {
    static const sessions none;
    auto entry = users_.find(user);
    return entry == users_.end() ? none : entry->second;
  }

  /// Online if any session is; away if all are; offline without one.
  status status_of(const std::string& user) const {
    const auto& all = of(user);
    if (all.empty())
      return status::offline;
    auto here = std::any_of(all.begin(), all.end(),
                            [](const auto& s) { return !s.away; });
    return here ? status::online : status::away;
  }

  const std::unordered_map<std::string, sessions>& users() const noexcept {
    return users_;
  }

private:
  std::unordered_map<std::string, sessions> users_;
};

} // namespace parley::model
