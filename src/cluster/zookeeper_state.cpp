#include "cluster/zookeeper_state.hpp"

#include "parley/base/log.hpp"

#include <cerrno>
#include <system_error>

#ifdef __SANITIZE_ADDRESS__
/// The library forgets to free the requests that a closed handle had not
/// answered yet. It is stripped, so that nothing smaller can be named.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libzookeeper_mt.so";
}
#endif

namespace parley::cluster {

namespace {

/// How long to wait after a handle could not be made: names that do not
/// resolve, no descriptors left.
constexpr std::chrono::seconds retry_delay{1};

} // namespace

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

void log_zookeeper(const char* text) {
  log::debug("zookeeper.client", "{}", text);
}

void zookeeper_client::state::keep() {
  auto timeout = static_cast<int>(with.session_timeout.count());
  std::unique_lock lock(mutex);
  while (!stopping) {
    over = false;
    lock.unlock();
    auto* opened =
        zookeeper_init2(with.servers.c_str(), on_event, timeout, nullptr, this,
                        ZOO_NO_LOG_CLIENTENV, log_zookeeper);
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

void zookeeper_client::state::finish(request& x, int code,
                                     zookeeper_reply given) {
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
  zookeeper_reply given;
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
  zookeeper_reply given;
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

} // namespace parley::cluster
