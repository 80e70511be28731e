#pragma once

#include "parley/base/clock.hpp"
#include "parley/protocol/events.hpp"

#include <algorithm>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace parley::model {

/// Whom the sessions of one node watch, what is known of those, and which of
/// the watchers may know it. A user is watched once however many do.
/// `Session` is how one is reached; it has an order.
template <class Session>
class watch_table {
public:
  using status = protocol::presence_status;

  /// A user, and one of this node's who watches them.
  struct pair {
    std::string watcher;
    std::string user;

    auto operator<=>(const pair&) const = default;
  };
  struct knowledge {
    status is = status::offline;
    timestamp last_active = 0;
  };

  /// @param partition_of where the presence of a user lives.
  explicit watch_table(std::function<uint16_t(const std::string&)> partition_of)
      : partition_of_(std::move(partition_of)) {}

  /// A session's list replaces the one before.
  /// @returns who no longer watches whom, with any session.
  std::vector<pair> replace(const Session& by, const std::string& watcher,
                            const std::vector<std::string>& users) {
    auto& s = sessions_[by];
    auto before = std::exchange(s.users, users);
    s.watcher = watcher;
    lists_[watcher].insert(by);
    std::sort(s.users.begin(), s.users.end());
    s.users.erase(std::unique(s.users.begin(), s.users.end()), s.users.end());
    for (const auto& user : s.users) {
      auto& who = add(user).watchers[watcher].sessions;
      if (std::find(who.begin(), who.end(), by) == who.end())
        who.push_back(by);
    }
    std::erase_if(before, [&](const auto& user) {
      return std::binary_search(s.users.begin(), s.users.end(), user);
    });
    return let_go(by, watcher, before);
  }

  std::vector<pair> remove(const Session& by) {
    auto at = sessions_.find(by);
    if (at == sessions_.end())
      return {};
    auto s = std::move(at->second);
    sessions_.erase(at);
    auto lists = lists_.find(s.watcher);
    lists->second.erase(by);
    if (lists->second.empty())
      lists_.erase(lists);
    return let_go(by, s.watcher, s.users);
  }

  bool wants(const pair& x) const { return find(x) != nullptr; }
  bool granted(const pair& x) const {
    const auto* who = find(x);
    return who && who->granted;
  }

  /// In which partitions the watcher waits to see anybody.
  std::set<uint16_t> partitions_refused(const std::string& watcher) const {
    std::set<uint16_t> result;
    if (auto at = lists_.find(watcher); at != lists_.end())
      for (const auto& by : at->second)
        for (const auto& user : sessions_.at(by).users)
          if (!granted({watcher, user}))
            result.insert(partition_of_(user));
    return result;
  }

  /// The watcher may see the user. @returns false if nobody asks any more.
  bool grant(const pair& x) {
    auto* who = find(x);
    if (who)
      who->granted = true;
    return who != nullptr;
  }

  /// The watcher may not, or no longer. @returns who has to be told.
  std::vector<Session> refuse(const pair& x) {
    auto* who = find(x);
    if (!who || !std::exchange(who->granted, false))
      return {};
    forget_if_secret(x.user);
    return who->sessions;
  }

  /// What the user is. @returns who has to be told: of those who may know.
  /// @param newly a watcher who took the user for somebody who was never here.
  std::vector<Session> know(const std::string& user, const knowledge& now,
                            const std::string& newly = {}) {
    auto* t = find(user);
    if (!t)
      return {};
    const auto is_news = t->known && t->known->is != now.is;
    const auto is_somebody = now.is != status::offline || now.last_active != 0;
    t->known = now;
    std::vector<Session> result;
    for (const auto& [name, who] : t->watchers)
      if (who.granted && (is_news || (is_somebody && name == newly)))
        result.insert(result.end(), who.sessions.begin(), who.sessions.end());
    return result;
  }

  /// Nothing unless somebody here may know it.
  std::optional<knowledge> known(const std::string& user) const {
    const auto* t = find(user);
    return t ? t->known : std::nullopt;
  }

  /// Who watches any user of a partition.
  std::set<std::string> watchers_in(uint16_t partition) const {
    std::set<std::string> result;
    if (auto in = users_.find(partition); in != users_.end())
      for (const auto& [user, t] : in->second)
        for (const auto& [name, who] : t.watchers)
          result.insert(name);
    return result;
  }

  /// Whom one watches of a partition, with any session.
  std::vector<std::string> watched_by(uint16_t partition,
                                      const std::string& watcher) const {
    std::set<std::string> result;
    if (auto at = lists_.find(watcher); at != lists_.end())
      for (const auto& by : at->second)
        for (const auto& user : sessions_.at(by).users)
          if (partition_of_(user) == partition)
            result.insert(user);
    return {result.begin(), result.end()};
  }

  size_t users() const noexcept {
    size_t count = 0;
    for (const auto& [partition, all] : users_)
      count += all.size();
    return count;
  }

private:
  struct watching {
    std::vector<Session> sessions;
    bool granted = false;
  };
  struct target {
    std::map<std::string, watching> watchers;
    std::optional<knowledge> known;
  };
  struct session {
    std::string watcher;
    std::vector<std::string> users; ///< Sorted.
  };

  target& add(const std::string& user) {
    return users_[partition_of_(user)][user];
  }

  target* find(const std::string& user) {
    auto in = users_.find(partition_of_(user));
    if (in == users_.end())
      return nullptr;
    auto at = in->second.find(user);
    return at == in->second.end() ? nullptr : &at->second;
  }
  const target* find(const std::string& user) const {
    return const_cast<watch_table*>(this)->find(user);
  }
  watching* find(const pair& x) {
    auto* t = find(x.user);
    if (!t)
      return nullptr;
    auto at = t->watchers.find(x.watcher);
    return at == t->watchers.end() ? nullptr : &at->second;
  }
  const watching* find(const pair& x) const {
    return const_cast<watch_table*>(this)->find(x);
  }

  std::vector<pair> let_go(const Session& by, const std::string& watcher,
                           const std::vector<std::string>& users) {
    std::vector<pair> result;
    for (const auto& user : users) {
      auto* t = find(user);
      auto* who = find(pair{watcher, user});
      if (!who)
        continue;
      std::erase(who->sessions, by);
      if (!who->sessions.empty())
        continue;
      t->watchers.erase(watcher);
      result.push_back({watcher, user});
      forget_if_secret(user);
      if (t->watchers.empty())
        users_[partition_of_(user)].erase(user);
    }
    return result;
  }

  /// What nobody here may know is not told to this node any more: it would be
  /// out of date.
  void forget_if_secret(const std::string& user) {
    auto* t = find(user);
    if (t
        && std::none_of(t->watchers.begin(), t->watchers.end(),
                        [](const auto& x) { return x.second.granted; }))
      t->known.reset();
  }

  std::function<uint16_t(const std::string&)> partition_of_;
  std::map<Session, session> sessions_;
  std::unordered_map<std::string, std::set<Session>> lists_; ///< By watcher.
  std::map<uint16_t, std::unordered_map<std::string, target>> users_;
};

} // namespace parley::model
