#pragma once

#include "parley/cluster/coordination.hpp"
#include "parley/cluster/rounds.hpp"

#include <map>
#include <set>

namespace parley::cluster {

/// Keeps a picture of the children of an entry, or of one entry alone, by
/// watches. All reads are under way at once. Not for several threads.
class watched_entries {
public:
  struct events {
    /// It came, or changed. Never told of something older than before.
    std::function<void(const std::string& name, const read_answer&)> put;
    std::function<void(const std::string& name)> gone;
    /// All has been read since `follow`. Told once for each.
    std::function<void()> complete;
  };

  /// @param alone the only child that matters; empty: all do.
  watched_entries(coordination& by, std::string folder, events tell,
                  std::string alone = {});

  /// Reads everything anew; for the begin of each session.
  void follow();

  /// Repeats what failed since.
  void retry();

private:
  void list();
  void listed(const list_answer& x);
  void read(const std::string& name);
  void read_done(const std::string& name, const read_answer& x);
  void forget(const std::string& name);
  void check_complete();

  coordination& by_;
  std::string folder_;
  events tell_;
  std::string alone_;
  std::map<std::string, entry_stat> known_;
  std::set<std::string> followed_; ///< Read or being read in this round.
  std::set<std::string> failed_;
  size_t open_ = 0; ///< Requests under way.
  bool list_failed_ = false;
  bool complete_ = false;
  rounds rounds_;
};

} // namespace parley::cluster
