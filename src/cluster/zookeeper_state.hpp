#pragma once

#include "cluster/session_board.hpp"
#include "cluster/zookeeper_client.hpp"

#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <zookeeper/zookeeper.h>

namespace parley::cluster {

/// What an answer of the library may hold.
struct zookeeper_reply {
  std::string bytes;
  std::vector<std::string> names;
  entry_stat stat;
};

entry_stat to_stat(const Stat* x);
outcome to_outcome(int code);

/// The library's own log lines.
void log_zookeeper(const char* text);

/// The handle and its session, the requests that wait for an answer and the
/// watches that wait for a change.
struct zookeeper_client::state {
  struct request {
    state* owner = nullptr;
    std::list<request>::iterator self;
    std::function<void(int, zookeeper_reply)> done;
  };
  using watches = std::unordered_map<std::string, std::vector<on_change>>;

  state(const zookeeper_settings& x, executor post_to)
      : with(x),
        post(post_to),
        board(std::make_shared<session_board>(std::move(post_to))) {
    keeper = std::thread([this] { keep(); });
  }

  ~state() {
    {
      std::lock_guard guard(mutex);
      stopping = true;
    }
    changed.notify_all();
    keeper.join();
  }

  // The thread that opens handles and closes them, which waits for the
  // library's own.
  void keep();
  void forget_requests();

  template <class Call>
  void ask(std::function<void(int, zookeeper_reply)> done, Call&& call);
  void read(const std::string& path, on_read done, on_change watch,
            freshness fresh);
  void await_creation(const std::string& path, on_read done, on_change watch);
  void finish(request& x, int code, zookeeper_reply with);
  void tell(session_state what, zhandle_t* of);
  void keep_watch(watches& among, const std::string& path, on_change watch);
  void fire(watches& among, const std::string& path);
  void session_changed(zhandle_t* of, int now);

  static void on_event(zhandle_t* of, int type, int now, const char* path,
                       void* context);
  static void on_void(int code, const void* data);
  static void on_stat(int code, const Stat* stat, const void* data);
  static void on_data(int code, const char* bytes, int length, const Stat* stat,
                      const void* data);
  static void on_names(int code, const String_vector* names, const void* data);
  static void on_created(int code, const char* path, const Stat* stat,
                         const void* data);
  static void on_nothing(int, const char*, const void*) {}
  static request& of(const void* data) {
    return *static_cast<request*>(const_cast<void*>(data));
  }

  const zookeeper_settings with;
  const executor post;
  const std::shared_ptr<session_board> board;

  std::mutex mutex; ///< Of everything below; calls of the library included.
  std::condition_variable changed;
  zhandle_t* handle = nullptr;
  bool over = false; ///< The handle's session has expired.
  bool stopping = false;
  std::list<request> requests;
  watches data_watches;
  watches child_watches;
  std::thread keeper;
};

/// Calls the library; its answer, or its refusal to be called, is `done`'s.
template <class Call>
void zookeeper_client::state::ask(
    std::function<void(int, zookeeper_reply)> done, Call&& call) {
  std::unique_lock lock(mutex);
  auto code = int{ZINVALIDSTATE};
  if (handle != nullptr && requests.size() < requests_max) {
    auto& x = requests.emplace_back();
    x.owner = this;
    x.self = std::prev(requests.end());
    x.done = std::move(done);
    code = call(handle, x);
    if (code == ZOK)
      return;
    done = std::move(x.done);
    requests.pop_back();
  }
  lock.unlock();
  done(code, {});
}

} // namespace parley::cluster
