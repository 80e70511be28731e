#include "cluster/zookeeper_client.hpp"

#include "cluster/session_board.hpp"

#include "parley/base/log.hpp"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <zookeeper/zookeeper.h>

#ifdef __SANITIZE_ADDRESS__
/// The library forgets to free the requests that a closed handle had not
/// answered yet. It is stripped, so that nothing smaller can be named.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libzookeeper_mt.so";
}
#endif

namespace parley::cluster {

namespace {

/// What an answer of the library may hold.
struct reply {
  std::string bytes;
  std::vector<std::string> names;
  entry_stat stat;
};

entry_stat to_stat(const Stat* x) {
  if (x == nullptr)
    return {};
  return {static_cast<uint64_t>(static_cast<uint32_t>(x->version)),
          static_cast<uint64_t>(x->czxid),
          static_cast<uint64_t>(x->ephemeralOwner)};
}

outcome to_outcome(int code) {
  switch (code) {
    case ZOK:
      return outcome::ok;
    case ZBADVERSION:
      return outcome::conflict;
    case ZNONODE:
      return outcome::not_found;
    case ZNODEEXISTS:
      return outcome::exists;
    case ZNOTEMPTY:
      return outcome::not_empty;
    case ZNOAUTH:
    case ZAUTHFAILED:
    case ZINVALIDACL:
    case ZSESSIONCLOSEDREQUIRESASLAUTH:
      return outcome::unauthorized;
    case ZBADARGUMENTS:
    case ZNOCHILDRENFOREPHEMERALS:
    case ZMARSHALLINGERROR:
    case ZUNIMPLEMENTED:
      return outcome::invalid;
    case ZINVALIDSTATE: // the library did not take it
    case ZTHROTTLEDOP:
    case ZNOTREADONLY:
      return outcome::unavailable;
    default: // lost connections, timeouts, the end of the session
      return outcome::unknown;
  }
}

/// The library's word for "any".
int to_version(std::optional<uint64_t> x) {
  return x ? static_cast<int>(static_cast<uint32_t>(*x)) : -1;
}

int to_mode(lifetime x) {
  return x == lifetime::session ? ZOO_EPHEMERAL : ZOO_PERSISTENT;
}

bool fits(const std::string& bytes) {
  return bytes.size() <= entry_bytes_max;
}

int length_of(const std::string& bytes) {
  return static_cast<int>(bytes.size());
}

void log_line(const char* text) {
  log::debug("zookeeper.client", "{}", text);
}

/// How long to wait after a handle could not be made: names that do not
/// resolve, no descriptors left.
constexpr std::chrono::seconds retry_delay{1};

} // namespace

struct zookeeper_client::state {
  struct request {
    state* owner = nullptr;
    std::list<request>::iterator self;
    std::function<void(int, reply)> done;
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
  void ask(std::function<void(int, reply)> done, Call&& call);
  void read(const std::string& path, on_read done, on_change watch,
            freshness fresh);
  void await_creation(const std::string& path, on_read done, on_change watch);
  void finish(request& x, int code, reply with);
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

void zookeeper_client::state::keep() {
  auto timeout = static_cast<int>(with.session_timeout.count());
  std::unique_lock lock(mutex);
  while (!stopping) {
    over = false;
    lock.unlock();
    auto* opened =
        zookeeper_init2(with.servers.c_str(), on_event, timeout, nullptr, this,
                        ZOO_NO_LOG_CLIENTENV, log_line);
    auto why = errno;
    lock.lock();
    if (opened == nullptr) {
      log::warn("zookeeper.unreachable", "servers={} reason={}", with.servers,
                std::generic_category().message(why));
      changed.wait_for(lock, retry_delay, [this] { return stopping; });
      continue;
    }
    handle = opened;
    changed.wait(lock, [this] { return stopping || over; });
    handle = nullptr;
    lock.unlock();
    zookeeper_close(opened);
    forget_requests();
    lock.lock();
  }
}

/// Requests that a closed handle has not answered.
void zookeeper_client::state::forget_requests() {
  std::list<request> left;
  {
    std::lock_guard guard(mutex);
    left.swap(requests);
    data_watches.clear();
    child_watches.clear();
    if (stopping)
      return;
  }
  for (auto& each : left)
    each.done(ZCLOSING, {});
}

/// Calls the library; its answer, or its refusal to be called, is `done`'s.
template <class Call>
void zookeeper_client::state::ask(std::function<void(int, reply)> done,
                                  Call&& call) {
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

void zookeeper_client::state::finish(request& x, int code, reply given) {
  std::unique_lock lock(mutex);
  if (stopping)
    return;
  auto done = std::move(x.done);
  auto here = std::list<request>{};
  here.splice(here.end(), requests, x.self);
  lock.unlock();
  done(code, std::move(given));
}

void zookeeper_client::state::on_void(int code, const void* data) {
  auto& x = of(data);
  x.owner->finish(x, code, {});
}

void zookeeper_client::state::on_stat(int code, const Stat* stat,
                                      const void* data) {
  auto& x = of(data);
  x.owner->finish(x, code,
                  {{}, {}, code == ZOK ? to_stat(stat) : entry_stat{}});
}

void zookeeper_client::state::on_created(int code, const char*,
                                         const Stat* stat, const void* data) {
  on_stat(code, stat, data);
}

void zookeeper_client::state::on_data(int code, const char* bytes, int length,
                                      const Stat* stat, const void* data) {
  reply given;
  if (code == ZOK) {
    if (length > 0)
      given.bytes.assign(bytes, static_cast<size_t>(length));
    given.stat = to_stat(stat);
  }
  auto& x = of(data);
  x.owner->finish(x, code, std::move(given));
}

void zookeeper_client::state::on_names(int code, const String_vector* names,
                                       const void* data) {
  reply given;
  if (code == ZOK && names != nullptr)
    given.names.assign(names->data, names->data + names->count);
  auto& x = of(data);
  x.owner->finish(x, code, std::move(given));
}

void zookeeper_client::state::on_event(zhandle_t* of, int type, int now,
                                       const char* path, void* context) {
  auto& to = *static_cast<state*>(context);
  if (type == ZOO_SESSION_EVENT)
    return to.session_changed(of, now);
  if (type != ZOO_CHILD_EVENT)
    to.fire(to.data_watches, path);
  if (type != ZOO_CHANGED_EVENT && type != ZOO_CREATED_EVENT)
    to.fire(to.child_watches, path);
}

void zookeeper_client::state::session_changed(zhandle_t* of, int now) {
  if (now == ZOO_CONNECTED_STATE)
    return tell(session_state::connected, of);
  if (now == ZOO_AUTH_FAILED_STATE)
    return tell(session_state::unauthorized, of);
  if (now != ZOO_EXPIRED_SESSION_STATE)
    return tell(session_state::suspended, of);
  std::lock_guard guard(mutex);
  if (over)
    return;
  over = true;
  data_watches.clear();
  child_watches.clear();
  tell(session_state::expired, of);
  changed.notify_all();
}

void zookeeper_client::state::tell(session_state what, zhandle_t* of) {
  auto id = static_cast<uint64_t>(zoo_client_id(of)->client_id);
  post([to = board, event = session_event{what, id}] { to->tell(event); });
}

void zookeeper_client::state::keep_watch(watches& among,
                                         const std::string& path,
                                         on_change watch) {
  if (!watch)
    return;
  std::lock_guard guard(mutex);
  if (!over)
    among[path].push_back(std::move(watch));
}

void zookeeper_client::state::fire(watches& among, const std::string& path) {
  std::lock_guard guard(mutex);
  auto found = among.extract(path);
  if (found.empty() || stopping)
    return;
  for (auto& each : found.mapped())
    post(std::move(each));
}

void zookeeper_client::state::read(const std::string& path, on_read done,
                                   on_change watch, freshness fresh) {
  auto keep = watch ? 1 : 0;
  auto answer = [this, path, done = std::move(done),
                 watch = std::move(watch)](int code, reply given) {
    if (code == ZNONODE && watch)
      return await_creation(path, done, watch);
    if (code == ZOK)
      keep_watch(data_watches, path, watch);
    post([done, out = read_answer{to_outcome(code), std::move(given.bytes),
                                  given.stat}] { done(out); });
  };
  ask(std::move(answer), [&](zhandle_t* to, request& x) {
    // Of one session, the service carries requests out in their order.
    auto code = fresh == freshness::synced
                    ? zoo_async(to, path.c_str(), on_nothing, nullptr)
                    : int{ZOK};
    return code != ZOK ? code : zoo_aget(to, path.c_str(), keep, on_data, &x);
  });
}

/// The library keeps a watch on what does not exist for this call only. If the
/// entry has come in the meantime, it is read after all.
void zookeeper_client::state::await_creation(const std::string& path,
                                             on_read done, on_change watch) {
  auto answer = [this, path, done = std::move(done),
                 watch = std::move(watch)](int code, reply) {
    if (code == ZOK)
      return read(path, done, watch, freshness::local);
    if (code == ZNONODE)
      keep_watch(data_watches, path, watch);
    post([done, out = read_answer{to_outcome(code), {}, {}}] { done(out); });
  };
  ask(std::move(answer), [&](zhandle_t* to, request& x) {
    return zoo_aexists(to, path.c_str(), 1, on_stat, &x);
  });
}

zookeeper_client::zookeeper_client(const zookeeper_settings& with,
                                   executor post) {
  zoo_set_debug_level(ZOO_LOG_LEVEL_WARN);
  state_ = std::make_unique<state>(with, std::move(post));
}

zookeeper_client::~zookeeper_client() = default;

void zookeeper_client::get(const std::string& path, on_read done,
                           on_change watch, freshness fresh) {
  state_->read(path, std::move(done), std::move(watch), fresh);
}

void zookeeper_client::list(const std::string& path, on_listed done,
                            on_change watch) {
  auto keep = watch ? 1 : 0;
  auto answer = [to = state_.get(), path, done = std::move(done),
                 watch = std::move(watch)](int code, reply given) {
    if (code == ZOK)
      to->keep_watch(to->child_watches, path, watch);
    to->post([done, out = list_answer{to_outcome(code),
                                      std::move(given.names)}] { done(out); });
  };
  state_->ask(std::move(answer), [&](zhandle_t* to, state::request& x) {
    return zoo_aget_children(to, path.c_str(), keep, state::on_names, &x);
  });
}

namespace {

/// How a write is answered.
auto written(const executor& post, on_written done) {
  return [post, done = std::move(done)](int code, const reply& given) {
    post([done, out = write_answer{to_outcome(code), given.stat}] {
      done(out);
    });
  };
}

zoo_op_t to_op(const operation& x, Stat& stat) {
  zoo_op_t out{};
  switch (x.what) {
    case operation::kind::check:
      zoo_check_op_init(&out, x.path.c_str(), to_version(x.version));
      break;
    case operation::kind::create:
      zoo_create_op_init(&out, x.path.c_str(), x.bytes.data(),
                         length_of(x.bytes), &ZOO_OPEN_ACL_UNSAFE,
                         to_mode(x.lives), nullptr, 0);
      break;
    case operation::kind::set:
      zoo_set_op_init(&out, x.path.c_str(), x.bytes.data(), length_of(x.bytes),
                      to_version(x.version), &stat);
      break;
    case operation::kind::remove:
      zoo_delete_op_init(&out, x.path.c_str(), to_version(x.version));
      break;
  }
  return out;
}

/// Where the library writes what became of each operation.
struct transaction {
  explicit transaction(size_t count) : results(count), stats(count) {}

  std::vector<zoo_op_result_t> results;
  std::vector<Stat> stats;
};

/// The operation that was refused; the others were not tried, or taken back.
size_t refused(const std::vector<zoo_op_result_t>& results) {
  for (size_t i = 0; i < results.size(); ++i)
    if (results[i].err != ZOK && results[i].err != ZRUNTIMEINCONSISTENCY)
      return i;
  return 0;
}

} // namespace

void zookeeper_client::create(const std::string& path, const std::string& bytes,
                              lifetime lives, on_written done) {
  state_->ask(written(state_->post, std::move(done)), [&](zhandle_t* to,
                                                          state::request& x) {
    return fits(bytes) ? zoo_acreate2(to, path.c_str(), bytes.data(),
                                      length_of(bytes), &ZOO_OPEN_ACL_UNSAFE,
                                      to_mode(lives), state::on_created, &x)
                       : int{ZBADARGUMENTS};
  });
}

void zookeeper_client::set(const std::string& path, const std::string& bytes,
                           std::optional<uint64_t> version, on_written done) {
  state_->ask(written(state_->post, std::move(done)), [&](zhandle_t* to,
                                                          state::request& x) {
    return fits(bytes)
               ? zoo_aset(to, path.c_str(), bytes.data(), length_of(bytes),
                          to_version(version), state::on_stat, &x)
               : int{ZBADARGUMENTS};
  });
}

void zookeeper_client::remove(const std::string& path,
                              std::optional<uint64_t> version,
                              on_written done) {
  state_->ask(written(state_->post, std::move(done)),
              [&](zhandle_t* to, state::request& x) {
                return zoo_adelete(to, path.c_str(), to_version(version),
                                   state::on_void, &x);
              });
}

void zookeeper_client::commit(const std::vector<operation>& all,
                              on_committed done) {
  auto into = std::make_shared<transaction>(all.size());
  auto answer = [post = state_->post, done = std::move(done),
                 into](int code, const reply&) {
    commit_answer out{to_outcome(code), 0, {}};
    if (code == ZOK)
      for (const auto& each : into->stats)
        out.stats.push_back(to_stat(&each));
    else
      out.failed = refused(into->results);
    post([done, out = std::move(out)] { done(out); });
  };
  auto small = std::all_of(all.begin(), all.end(),
                           [](const auto& x) { return fits(x.bytes); });
  state_->ask(std::move(answer), [&](zhandle_t* to, state::request& x) {
    std::vector<zoo_op_t> ops;
    for (size_t i = 0; i < all.size(); ++i)
      ops.push_back(to_op(all[i], into->stats[i]));
    if (!small)
      return int{ZBADARGUMENTS};
    // The library would refuse the first operation itself, and then free a path
    // of it, which is not its own, for each of the others.
    if (is_unrecoverable(to) != ZOK)
      return int{ZINVALIDSTATE};
    return zoo_amulti(to, static_cast<int>(ops.size()), ops.data(),
                      into->results.data(), state::on_void, &x);
  });
}

bool zookeeper_client::close_session_from_elsewhere() {
  clientid_t id{};
  {
    std::lock_guard guard(state_->mutex);
    if (state_->handle == nullptr
        || zoo_state(state_->handle) != ZOO_CONNECTED_STATE)
      return false;
    id = *zoo_client_id(state_->handle);
  }
  struct waiter {
    std::mutex mutex;
    std::condition_variable changed;
    int state = 0;
  } at;
  auto on_event = [](zhandle_t*, int type, int now, const char*, void* to) {
    auto& w = *static_cast<waiter*>(to);
    std::lock_guard guard(w.mutex);
    if (type == ZOO_SESSION_EVENT)
      w.state = now;
    w.changed.notify_all();
  };
  auto* other =
      zookeeper_init2(state_->with.servers.c_str(), on_event,
                      static_cast<int>(state_->with.session_timeout.count()),
                      &id, &at, ZOO_NO_LOG_CLIENTENV, log_line);
  if (other == nullptr)
    return false;
  bool connected;
  {
    std::unique_lock lock(at.mutex);
    at.changed.wait_for(lock, state_->with.session_timeout, [&] {
      return at.state == ZOO_CONNECTED_STATE
             || at.state == ZOO_EXPIRED_SESSION_STATE;
    });
    connected = at.state == ZOO_CONNECTED_STATE;
  }
  return zookeeper_close(other) == ZOK && connected;
}

subscription zookeeper_client::subscribe(on_session listener) {
  return state_->board->subscribe(std::move(listener));
}

std::unique_ptr<coordination> connect_zookeeper(const zookeeper_settings& with,
                                                executor post) {
  return std::make_unique<zookeeper_client>(with, std::move(post));
}

} // namespace parley::cluster
