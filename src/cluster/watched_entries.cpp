#include "cluster/watched_entries.hpp"

#include <algorithm>
#include <utility>

namespace parley::cluster {

watched_entries::watched_entries(coordination& by, std::string folder,
                                 events tell, std::string alone)
    : by_(by),
      folder_(std::move(folder)),
      tell_(std::move(tell)),
      alone_(std::move(alone)) {}

void watched_entries::follow() {
  rounds_.next();
  open_ = 0;
  followed_.clear();
  failed_.clear();
  list_failed_ = false;
  complete_ = false;
  // A new session may be with a server that lags behind the last one's.
  by_.get(
      folder_, [](const read_answer&) {}, {}, freshness::synced);
  if (alone_.empty())
    list();
  else
    read(alone_);
}

void watched_entries::retry() {
  if (std::exchange(list_failed_, false))
    list();
  for (const auto& name : std::exchange(failed_, {}))
    read(name);
}

void watched_entries::list() {
  ++open_;
  by_.list(folder_,
           rounds_.in_this([this](const list_answer& x) { listed(x); }),
           rounds_.in_this([this] { list(); }));
}

void watched_entries::listed(const list_answer& x) {
  --open_;
  if (x.code != outcome::ok) {
    list_failed_ = true;
    return;
  }
  const std::set<std::string> now(x.names.begin(), x.names.end());
  std::vector<std::string> gone;
  for (const auto& [name, stat] : known_)
    if (!now.contains(name))
      gone.push_back(name);
  for (const auto& name : gone)
    forget(name);
  for (const auto& name : now)
    if (!followed_.contains(name))
      read(name);
  check_complete();
}

void watched_entries::read(const std::string& name) {
  ++open_;
  followed_.insert(name);
  by_.get(folder_ + '/' + name,
          rounds_.in_this(
              [this, name](const read_answer& x) { read_done(name, x); }),
          rounds_.in_this([this, name] { read(name); }), freshness::local);
}

void watched_entries::read_done(const std::string& name, const read_answer& x) {
  --open_;
  if (x.code == outcome::not_found) {
    forget(name);
  } else if (x.code != outcome::ok) {
    failed_.insert(name);
  } else {
    auto [at, is_new] = known_.try_emplace(name, x.stat);
    auto is_newer = std::pair(x.stat.created, x.stat.version)
                    > std::pair(at->second.created, at->second.version);
    at->second = is_newer ? x.stat : at->second;
    if (is_new || is_newer)
      tell_.put(name, x);
  }
  check_complete();
}

void watched_entries::forget(const std::string& name) {
  followed_.erase(name);
  if (known_.erase(name) > 0)
    tell_.gone(name);
}

void watched_entries::check_complete() {
  if (complete_ || open_ > 0 || list_failed_ || !failed_.empty())
    return;
  complete_ = true;
  tell_.complete();
}

} // namespace parley::cluster
