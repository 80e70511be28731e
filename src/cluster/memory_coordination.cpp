#include "parley/cluster/memory_coordination.hpp"

#include "cluster/session_board.hpp"

#include <algorithm>

namespace parley::cluster {

namespace {

std::string parent_of(const std::string& path) {
  auto end = path.rfind('/');
  return end == 0 ? "/" : path.substr(0, end);
}

std::string name_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

bool is_path(const std::string& x) {
  return x.size() > 1 && x.front() == '/' && x.back() != '/'
         && x.find("//") == std::string::npos;
}

} // namespace

memory_service::memory_service() {
  entries_["/"];
}

memory_service::~memory_service() = default;

std::unique_ptr<memory_client> memory_service::connect(executor post) {
  return std::make_unique<memory_client>(*this, std::move(post));
}

size_t memory_service::deliver() {
  size_t count = 0;
  for (auto* each : clients_)
    count += each->deliver();
  return count;
}

void memory_service::deliver_late() {
  auto now = std::exchange(late_, {});
  for (auto& each : now)
    each();
}

outcome memory_service::verdict(const operation& x) const {
  if (!is_path(x.path) || x.bytes.size() > entry_bytes_max)
    return outcome::invalid;
  auto found = entries_.find(x.path);
  if (x.what == operation::kind::create) {
    auto parent = entries_.find(parent_of(x.path));
    if (parent == entries_.end())
      return outcome::not_found;
    if (parent->second.stat.owner != 0)
      return outcome::invalid;
    return found == entries_.end() ? outcome::ok : outcome::exists;
  }
  if (found == entries_.end())
    return outcome::not_found;
  if (x.version && *x.version != found->second.stat.version)
    return outcome::conflict;
  auto is_removal = x.what == operation::kind::remove;
  return is_removal && !found->second.children.empty() ? outcome::not_empty
                                                       : outcome::ok;
}

entry_stat memory_service::apply(const operation& x, uint64_t session) {
  switch (x.what) {
    case operation::kind::check:
      return {};
    case operation::kind::set: {
      auto& at = entries_[x.path];
      at.bytes = x.bytes;
      ++at.stat.version;
      return at.stat;
    }
    case operation::kind::create: {
      auto owner = x.lives == lifetime::session ? session : 0;
      auto& at = entries_[x.path] = {x.bytes, {0, transactions_, owner}, {}};
      entries_[parent_of(x.path)].children.insert(name_of(x.path));
      return at.stat;
    }
    case operation::kind::remove:
      entries_.erase(x.path);
      entries_[parent_of(x.path)].children.erase(name_of(x.path));
      return {};
  }
  return {};
}

void memory_service::announce(const operation& x) {
  if (x.what == operation::kind::check)
    return;
  fire(data_watches_, x.path);
  if (x.what == operation::kind::remove)
    fire(child_watches_, x.path);
  if (x.what != operation::kind::set)
    fire(child_watches_, parent_of(x.path));
}

commit_answer memory_service::commit(const std::vector<operation>& all,
                                     uint64_t session) {
  // Later operations see what earlier ones did, so a refusal takes back.
  std::vector<std::pair<std::string, std::optional<entry>>> before;
  auto remember = [&](const std::string& path) {
    auto found = entries_.find(path);
    before.emplace_back(path, found == entries_.end()
                                  ? std::nullopt
                                  : std::optional{found->second});
  };
  commit_answer out{outcome::ok, 0, {}};
  ++transactions_;
  for (const auto& each : all) {
    out.code = verdict(each);
    if (out.code != outcome::ok)
      break;
    ++out.failed;
    remember(each.path);
    remember(parent_of(each.path));
    out.stats.push_back(apply(each, session));
  }
  if (out.code == outcome::ok) {
    for (const auto& each : all)
      announce(each);
    return {outcome::ok, 0, std::move(out.stats)};
  }
  for (auto each = before.rbegin(); each != before.rend(); ++each) {
    if (each->second)
      entries_[each->first] = std::move(*each->second);
    else
      entries_.erase(each->first);
  }
  return {out.code, out.failed, {}};
}

void memory_service::fire(watches& among, const std::string& path) {
  auto [from, to] = among.equal_range(path);
  for (auto each = from; each != to; ++each)
    each->second.post(std::move(each->second.tell));
  among.erase(from, to);
}

void memory_service::end(uint64_t session) {
  auto is_its = [&](const auto& x) {
    return x.second.session == session;
  };
  std::erase_if(data_watches_, is_its);
  std::erase_if(child_watches_, is_its);
  live_.erase(session);
  std::vector<operation> removals;
  for (const auto& [path, each] : entries_)
    if (session != 0 && each.stat.owner == session)
      removals.push_back(operation::remove(path));
  commit(removals, session);
}

memory_client::memory_client(memory_service& of, executor post)
    : service_(of),
      post_(post),
      board_(std::make_shared<session_board>(std::move(post))) {
  service_.clients_.push_back(this);
}

memory_client::~memory_client() {
  std::erase(service_.clients_, this);
  service_.end(session_);
}

void memory_client::tell(session_state state) {
  post_([board = board_, event = session_event{state, session_}] {
    board->tell(event);
  });
}

void memory_client::cut(in_doubt what) {
  if (cut_)
    return;
  for (auto& each : requests_) {
    if (each.write && what == in_doubt::done)
      each.write();
    if (each.write && what == in_doubt::late)
      service_.late_.push_back(std::move(each.write));
    each.answer_unknown();
  }
  requests_.clear();
  cut_ = true;
  tell(session_state::suspended);
}

void memory_client::heal() {
  cut_ = false;
  if (session_ != 0)
    tell(session_state::connected);
}

void memory_client::expire() {
  if (session_ == 0)
    return;
  service_.end(session_);
  tell(session_state::expired);
  for (auto& each : requests_)
    each.answer_unknown();
  requests_.clear();
  session_ = 0;
}

void memory_client::open_session() {
  session_ = ++service_.sessions_;
  service_.live_.insert(session_);
  tell(session_state::connected);
}

size_t memory_client::deliver() {
  if (cut_ || held_)
    return 0;
  if (session_ == 0)
    open_session();
  auto now = std::exchange(requests_, {});
  for (auto& each : now)
    each.carry_out();
  return now.size();
}

void memory_client::ask(request x) {
  if (cut_)
    x.answer_unknown();
  else
    requests_.push_back(std::move(x));
}

void memory_client::get(const std::string& path, on_read done, on_change watch,
                        freshness) {
  auto answer = [post = post_, done](read_answer with) {
    post([done, with = std::move(with)] { done(with); });
  };
  auto carry_out = [this, path, watch, answer] {
    if (watch)
      service_.data_watches_.insert({path, {session_, post_, watch}});
    auto found = service_.entries_.find(path);
    if (!is_path(path))
      answer({outcome::invalid, {}, {}});
    else if (found == service_.entries_.end())
      answer({outcome::not_found, {}, {}});
    else
      answer({outcome::ok, found->second.bytes, found->second.stat});
  };
  ask({std::move(carry_out),
       [answer] {
         answer({outcome::unknown, {}, {}});
       },
       {}});
}

void memory_client::list(const std::string& path, on_listed done,
                         on_change watch) {
  auto answer = [post = post_, done](list_answer with) {
    post([done, with = std::move(with)] { done(with); });
  };
  auto carry_out = [this, path, watch, answer] {
    auto found = service_.entries_.find(path);
    if (found == service_.entries_.end())
      return answer({outcome::not_found, {}});
    if (watch)
      service_.child_watches_.insert({path, {session_, post_, watch}});
    const auto& names = found->second.children;
    answer({outcome::ok, {names.begin(), names.end()}});
  };
  ask({std::move(carry_out), [answer] { answer({outcome::unknown, {}}); }, {}});
}

void memory_client::create(const std::string& path, const std::string& bytes,
                           lifetime lives, on_written done) {
  write(operation::create(path, bytes, lives), std::move(done));
}

void memory_client::set(const std::string& path, const std::string& bytes,
                        std::optional<uint64_t> version, on_written done) {
  write(operation::set(path, bytes, version), std::move(done));
}

void memory_client::remove(const std::string& path,
                           std::optional<uint64_t> version, on_written done) {
  write(operation::remove(path, version), std::move(done));
}

void memory_client::write(operation x, on_written done) {
  commit({std::move(x)}, [done = std::move(done)](const commit_answer& given) {
    done(
        {given.code, given.stats.empty() ? entry_stat{} : given.stats.front()});
  });
}

void memory_client::commit(const std::vector<operation>& all,
                           on_committed done) {
  auto answer = [post = post_, done](commit_answer with) {
    post([done, with = std::move(with)] { done(with); });
  };
  // What arrives late is of the session in which it was sent.
  auto by_then = session_;
  ask({[this, all, answer] { answer(service_.commit(all, session_)); },
       [answer] {
         answer({outcome::unknown, 0, {}});
       },
       [&to = service_, all, by_then] {
         if (to.live_.contains(by_then))
           to.commit(all, by_then);
       }});
}

subscription memory_client::subscribe(on_session listener) {
  return board_->subscribe(std::move(listener));
}

} // namespace parley::cluster
