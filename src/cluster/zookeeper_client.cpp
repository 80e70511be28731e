#include "cluster/zookeeper_client.hpp"

#include "cluster/zookeeper_state.hpp"

#include <algorithm>

namespace parley::cluster {

namespace {

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

} // namespace

void zookeeper_client::state::read(const std::string& path, on_read done,
                                   on_change watch, freshness fresh) {
  auto keep = watch ? 1 : 0;
  auto answer = [this, path, done = std::move(done),
                 watch = std::move(watch)](int code, zookeeper_reply given) {
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
                 watch = std::move(watch)](int code, zookeeper_reply) {
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
                 watch = std::move(watch)](int code, zookeeper_reply given) {
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
  return
      [post, done = std::move(done)](int code, const zookeeper_reply& given) {
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
                 into](int code, const zookeeper_reply&) {
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
                      &id, &at, ZOO_NO_LOG_CLIENTENV, log_zookeeper);
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
