#pragma once

#include "parley/cluster/coordination.hpp"

#include <deque>
#include <map>
#include <set>

namespace parley::cluster {

class memory_client;
class session_board;

/// What happens to requests that had no answer when the connection broke.
enum class in_doubt : uint8_t {
  done, ///< They were carried out; only the answers are lost.
  lost, ///< They never arrived.
  late, ///< They arrive at the next `deliver_late`.
};

/// A coordination service in memory, for tests: several clients on one tree.
/// Nothing happens by itself; requests wait until `deliver`. Not for several
/// threads.
class memory_service {
public:
  memory_service();
  ~memory_service();
  memory_service(const memory_service&) = delete;
  memory_service& operator=(const memory_service&) = delete;

  /// A client whose first session opens at the next `deliver`. The service
  /// outlives it.
  std::unique_ptr<memory_client> connect(executor post);

  /// Carries out what all connected clients have asked for so far.
  /// @returns how much that was.
  size_t deliver();

  /// Carries out what was in doubt and is `late`.
  void deliver_late();

  const std::vector<memory_client*>& clients() const { return clients_; }

private:
  friend class memory_client;

  struct entry {
    std::string bytes;
    entry_stat stat;
    std::set<std::string> children;
  };
  /// A watch of a session.
  struct watch {
    uint64_t session = 0;
    executor post;
    on_change tell;
  };
  using watches = std::multimap<std::string, watch>;

  outcome verdict(const operation& x) const;
  entry_stat apply(const operation& x, uint64_t session);
  void announce(const operation& x);
  commit_answer commit(const std::vector<operation>& all, uint64_t session);
  void fire(watches& among, const std::string& path);
  void end(uint64_t session);

  std::map<std::string, entry> entries_;
  watches data_watches_;
  watches child_watches_;
  std::vector<memory_client*> clients_;
  std::deque<std::function<void()>> late_;
  std::set<uint64_t> live_; ///< Sessions.
  uint64_t transactions_ = 0;
  uint64_t sessions_ = 0;
};

class memory_client final : public coordination {
public:
  memory_client(memory_service& of, executor post);
  ~memory_client() override;

  /// @name Faults
  /// @{
  /// Requests wait, with the connection intact.
  void hold() { held_ = true; }
  void release() { held_ = false; }
  /// The connection breaks, and what has no answer is in doubt.
  void cut(in_doubt what);
  void heal();
  /// The service ends the session; a new one opens at the next `deliver`,
  /// unless the connection is cut.
  void expire();
  /// @}

  uint64_t session() const noexcept { return session_; }
  size_t waiting() const noexcept { return requests_.size(); }

  void get(const std::string& path, on_read done, on_change watch,
           freshness fresh) override;
  void list(const std::string& path, on_listed done, on_change watch) override;
  void create(const std::string& path, const std::string& bytes, lifetime lives,
              on_written done) override;
  void set(const std::string& path, const std::string& bytes,
           std::optional<uint64_t> version, on_written done) override;
  void remove(const std::string& path, std::optional<uint64_t> version,
              on_written done) override;
  void commit(const std::vector<operation>& all, on_committed done) override;
  subscription subscribe(on_session listener) override;

private:
  friend class memory_service;

  struct request {
    std::function<void()> carry_out;
    std::function<void()> answer_unknown;
    std::function<void()> write; ///< Without an answer; empty for reads.
  };

  void ask(request x);
  void open_session();
  void tell(session_state state);
  size_t deliver();
  void write(operation x, on_written done);

  memory_service& service_;
  executor post_;
  std::shared_ptr<session_board> board_;
  std::deque<request> requests_;
  uint64_t session_ = 0;
  bool cut_ = false;
  bool held_ = false;
};

} // namespace parley::cluster
