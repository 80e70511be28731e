#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What a cluster needs of a coordination service such as ZooKeeper: a tree of
/// small entries that all nodes see in one order, entries that end with a
/// session, and word of changes. Nothing of a message or a client goes there.
namespace parley::cluster {

/// Runs tasks one after the other, in the order in which they were posted, and
/// never inside the call. Safe to call from any thread.
using executor = std::function<void(std::function<void()>)>;

/// What became of a request.
enum class outcome : uint8_t {
  ok,
  conflict,     ///< The entry has another version. Nothing changed.
  not_found,    ///< No such entry, or no parent for it. Nothing changed.
  exists,       ///< There is such an entry already. Nothing changed.
  not_empty,    ///< It has children. Nothing changed.
  unauthorized, ///< The service does not allow it. Nothing changed.
  invalid,      ///< Too large, or a path that cannot be. Nothing changed.
  unavailable,  ///< Not sent: no session, or too much under way.
  unknown,      ///< The connection broke: it was, was not, or will be done.
};

const char* to_string(outcome x) noexcept;

/// Whether a write has, for certain, not happened and never will.
constexpr bool is_refusal(outcome x) noexcept {
  return x != outcome::ok && x != outcome::unknown;
}

/// Bytes of an entry at most; ZooKeeper drops the connection from 1 MiB on.
inline constexpr size_t entry_bytes_max = 512 * 1024;

/// Requests of one client under way at most; more are `unavailable`.
inline constexpr size_t requests_max = 65'536;

struct entry_stat {
  uint64_t version = 0; ///< Counts the changes of its bytes.
  uint64_t created = 0; ///< The transaction that made it; never used twice.
  uint64_t owner = 0;   ///< The session that it ends with; 0: none.

  friend bool operator==(const entry_stat&, const entry_stat&) = default;
};

struct read_answer {
  outcome code = outcome::unknown;
  std::string bytes;
  entry_stat stat;
};

struct list_answer {
  outcome code = outcome::unknown;
  std::vector<std::string> names; ///< Of the children, without their paths.
};

struct write_answer {
  outcome code = outcome::unknown;
  entry_stat stat; ///< As it is after the write.
};

struct commit_answer {
  outcome code = outcome::unknown;
  size_t failed = 0;             ///< Which operation was refused, if one was.
  std::vector<entry_stat> stats; ///< By operation; known for `set` only.
};

enum class lifetime : uint8_t {
  lasting,
  session, ///< Ends with the session that made it; has no children.
};

/// Part of a transaction.
struct operation {
  enum class kind : uint8_t { check, create, set, remove };

  kind what = kind::check;
  std::string path;
  std::string bytes;
  std::optional<uint64_t> version; ///< The expected one; nothing: any.
  lifetime lives = lifetime::lasting;

  static operation check(std::string path,
                         std::optional<uint64_t> version = {}) {
    return {kind::check, std::move(path), {}, version, {}};
  }
  static operation create(std::string path, std::string bytes,
                          lifetime lives = lifetime::lasting) {
    return {kind::create, std::move(path), std::move(bytes), {}, lives};
  }
  static operation set(std::string path, std::string bytes,
                       std::optional<uint64_t> version) {
    return {kind::set, std::move(path), std::move(bytes), version, {}};
  }
  static operation remove(std::string path,
                          std::optional<uint64_t> version = {}) {
    return {kind::remove, std::move(path), {}, version, {}};
  }
};

enum class session_state : uint8_t {
  suspended, ///< Not connected; a session may live on, or end unnoticed.
  connected,
  expired, ///< The session is over, and what it owned. Another is on its way.
  unauthorized, ///< The service does not take this client's credentials.
};

struct session_event {
  session_state state = session_state::suspended;
  uint64_t session = 0; ///< 0: none yet.
};

enum class freshness : uint8_t {
  local,  ///< As this client's server knows it; may lag behind.
  synced, ///< Not older than the call.
};

using on_read = std::function<void(const read_answer&)>;
using on_listed = std::function<void(const list_answer&)>;
using on_written = std::function<void(const write_answer&)>;
using on_committed = std::function<void(const commit_answer&)>;
using on_change = std::function<void()>;
using on_session = std::function<void(const session_event&)>;

/// Keeps a listener for as long as it is held.
using subscription = std::shared_ptr<void>;

/// A client of the service. All calls return at once, and are answered once,
/// as tasks of the executor that the client was made with. Calls are made from
/// those tasks, or from any one thread before the first of them. Requests are
/// carried out in the order of the calls, and are not held up by the answers to
/// earlier ones: a thousand cost little more than one. A destroyed client
/// answers nothing more; tasks that it has posted may still run.
///
/// A watch is told once, of the first change after the read, and is then
/// forgotten, as it is at the end of the session. It may be told without need.
class coordination {
public:
  virtual ~coordination() = default;

  /// @param watch is told if the entry changes, comes or goes.
  virtual void get(const std::string& path, on_read done, on_change watch = {},
                   freshness fresh = freshness::local) = 0;

  /// @param watch is told if a child comes or goes, or the entry goes.
  virtual void list(const std::string& path, on_listed done,
                    on_change watch = {}) = 0;

  virtual void create(const std::string& path, const std::string& bytes,
                      lifetime lives, on_written done) = 0;

  /// Writes if the entry has this version; nothing: in any case.
  virtual void set(const std::string& path, const std::string& bytes,
                   std::optional<uint64_t> version, on_written done) = 0;

  virtual void remove(const std::string& path, std::optional<uint64_t> version,
                      on_written done) = 0;

  /// Carries out all operations, or none.
  virtual void commit(const std::vector<operation>& all, on_committed done) = 0;

  /// Tells the present state, and then each change of it. `expired` comes
  /// before anything of the next session.
  [[nodiscard]] virtual subscription subscribe(on_session listener) = 0;
};

} // namespace parley::cluster
