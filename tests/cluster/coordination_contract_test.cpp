#include "cluster/service.hpp"
#include "support/doctest.hpp"

using namespace parley::cluster;
using namespace parley::test;

namespace {

/// A client that waits for each answer.
class waiting_client {
public:
  explicit waiting_client(service& of) : service_(of), raw_(of.connect()) {
    listening_ = raw_->subscribe([this](auto& x) { events.push_back(x); });
  }

  coordination& raw() { return *raw_; }
  void disconnect() { raw_.reset(); }

  read_answer get(const std::string& path, on_change watch = {},
                  freshness fresh = freshness::local) {
    return wait<read_answer>(
        [&](auto done) { raw_->get(path, done, std::move(watch), fresh); });
  }
  list_answer list(const std::string& path, on_change watch = {}) {
    return wait<list_answer>(
        [&](auto done) { raw_->list(path, done, std::move(watch)); });
  }
  write_answer create(const std::string& path, const std::string& bytes = {},
                      lifetime lives = lifetime::lasting) {
    return wait<write_answer>(
        [&](auto done) { raw_->create(path, bytes, lives, done); });
  }
  write_answer set(const std::string& path, const std::string& bytes,
                   std::optional<uint64_t> version) {
    return wait<write_answer>(
        [&](auto done) { raw_->set(path, bytes, version, done); });
  }
  write_answer remove(const std::string& path,
                      std::optional<uint64_t> version = {}) {
    return wait<write_answer>(
        [&](auto done) { raw_->remove(path, version, done); });
  }
  commit_answer commit(const std::vector<operation>& all) {
    return wait<commit_answer>([&](auto done) { raw_->commit(all, done); });
  }

  /// The session, once there is one.
  uint64_t session() {
    REQUIRE(service_.until([this] {
      return !events.empty() && events.back().state == session_state::connected;
    }));
    return events.back().session;
  }

  std::vector<session_event> events;

private:
  template <class Answer>
  Answer
  wait(const std::function<void(std::function<void(const Answer&)>)>& ask) {
    auto got = std::make_shared<std::optional<Answer>>();
    ask([got](const Answer& x) {
      CHECK(!got->has_value());
      *got = x;
    });
    REQUIRE(service_.until([&] { return got->has_value(); }));
    return **got;
  }

  service& service_;
  std::unique_ptr<coordination> raw_;
  subscription listening_;
};

/// Two clients and an entry that is this test's alone.
struct two_clients {
  two_clients() {
    a.session();
    b.session();
    CHECK(a.create(root).code == outcome::ok);
  }

  std::unique_ptr<service> of = make_service();
  std::string root = of->root();
  waiting_client a{*of};
  waiting_client b{*of};
};

/// A watch that counts what it is told.
struct told {
  on_change watch() {
    return [to = count] {
      ++*to;
    };
  }
  bool once(service& of) {
    return of.until([&] { return *count > 0; }) && *count == 1;
  }
  std::shared_ptr<int> count = std::make_shared<int>(0);
};

} // namespace

TEST_CASE("an entry is read as it was written, by everyone") {
  two_clients with;
  auto& [of, root, a, b] = with;
  const auto bytes = std::string("a\0b\xff", 4);
  const auto made = a.create(root + "/x", bytes);
  CHECK(made.code == outcome::ok);
  CHECK(made.stat.version == 0);
  CHECK(made.stat.created > 0);
  CHECK(made.stat.owner == 0);
  const auto read = b.get(root + "/x", {}, freshness::synced);
  CHECK(read.code == outcome::ok);
  CHECK(read.bytes == bytes);
  CHECK(read.stat == made.stat);
  CHECK(a.create(root + "/empty").code == outcome::ok);
  CHECK(a.get(root + "/empty").bytes.empty());
}

TEST_CASE("a change raises the version, a new entry the creation id") {
  two_clients with;
  auto& [of, root, a, b] = with;
  const auto path = root + "/x";
  const auto made = a.create(path, "0");
  const auto first = a.set(path, "1", 0);
  CHECK(first.code == outcome::ok);
  CHECK(first.stat.version == 1);
  CHECK(first.stat.created == made.stat.created);
  const auto second = b.set(path, "2", std::nullopt);
  CHECK(second.stat.version == 2);
  CHECK(a.remove(path, 2).code == outcome::ok);
  const auto again = a.create(path, "3");
  CHECK(again.stat.version == 0);
  CHECK(again.stat.created > made.stat.created);
}

TEST_CASE("what cannot be done is refused, and changes nothing") {
  two_clients with;
  auto& [of, root, a, b] = with;
  const auto path = root + "/x";
  CHECK(a.get(path).code == outcome::not_found);
  CHECK(a.list(path).code == outcome::not_found);
  CHECK(a.set(path, "1", 0).code == outcome::not_found);
  CHECK(a.set(path, "1", std::nullopt).code == outcome::not_found);
  CHECK(a.remove(path).code == outcome::not_found);
  CHECK(a.create(path + "/y").code == outcome::not_found);
  CHECK(a.create(path, "0").code == outcome::ok);
  CHECK(a.create(path, "1").code == outcome::exists);
  CHECK(b.set(path, "1", 1).code == outcome::conflict);
  CHECK(b.remove(path, 1).code == outcome::conflict);
  CHECK(a.create(path + "/y").code == outcome::ok);
  CHECK(a.remove(path, 0).code == outcome::not_empty);
  const auto large = std::string(entry_bytes_max + 1, 'x');
  CHECK(a.set(path, large, 0).code == outcome::invalid);
  CHECK(a.create(root + "/z", large).code == outcome::invalid);
  CHECK(a.commit({operation::set(path, large, 0)}).code == outcome::invalid);
  CHECK(a.create(root + "/z/").code == outcome::invalid);
  CHECK(a.get("no slash").code == outcome::invalid);
  const auto read = a.get(path);
  CHECK(read.bytes == "0");
  CHECK(read.stat.version == 0);
  CHECK(a.list(root).names == std::vector<std::string>{"x"});
}

TEST_CASE("an entry of the largest size is kept") {
  two_clients with;
  auto& [of, root, a, b] = with;
  const auto large = std::string(entry_bytes_max, 'x');
  CHECK(a.create(root + "/x", large).code == outcome::ok);
  CHECK(a.get(root + "/x").bytes == large);
}

TEST_CASE("children are listed by their names") {
  two_clients with;
  auto& [of, root, a, b] = with;
  CHECK(a.list(root).names.empty());
  for (auto name : {"c", "a", "b"})
    CHECK(a.create(root + "/" + name).code == outcome::ok);
  CHECK(a.create(root + "/a/inner").code == outcome::ok);
  CHECK(a.remove(root + "/b").code == outcome::ok);
  auto names = a.list(root).names;
  std::sort(names.begin(), names.end());
  CHECK(names == std::vector<std::string>{"a", "c"});
}

TEST_CASE("a transaction is carried out as a whole or not at all") {
  two_clients with;
  auto& [of, root, a, b] = with;
  a.create(root + "/x", "0");
  a.create(root + "/y", "0");
  auto both =
      a.commit({operation::check(root), operation::set(root + "/x", "1", 0),
                operation::create(root + "/z", "new"),
                operation::set(root + "/y", "1", std::nullopt)});
  REQUIRE(both.code == outcome::ok);
  REQUIRE(both.stats.size() == 4);
  CHECK(both.stats[1].version == 1);
  CHECK(both.stats[3].version == 1);
  CHECK(a.get(root + "/z").bytes == "new");

  auto stale = b.commit({operation::set(root + "/x", "2", 1),
                         operation::remove(root + "/z"),
                         operation::set(root + "/y", "2", 0)});
  CHECK(stale.code == outcome::conflict);
  CHECK(stale.failed == 2);
  CHECK(b.get(root + "/x").bytes == "1");
  CHECK(b.get(root + "/z").bytes == "new");

  auto gone = b.commit(
      {operation::check(root + "/no"), operation::set(root + "/x", "2", 1)});
  CHECK(gone.code == outcome::not_found);
  CHECK(gone.failed == 0);
  auto other = b.commit(
      {operation::check(root + "/x", 1), operation::check(root + "/y", 0)});
  CHECK(other.code == outcome::conflict);
  CHECK(other.failed == 1);
  // Later operations see what earlier ones did.
  CHECK(b.commit({operation::create(root + "/p", ""),
                  operation::create(root + "/p/q", ""),
                  operation::set(root + "/p", "1", 0),
                  operation::set(root + "/p", "2", 1)})
            .code
        == outcome::ok);
  CHECK(b.get(root + "/p").bytes == "2");
}

TEST_CASE("requests are not held up by each other, and keep their order") {
  two_clients with;
  auto& [of, root, a, b] = with;
  constexpr int count = 1000;
  a.create(root + "/x", "");
  std::vector<int> answered;
  for (int i = 0; i < count; ++i)
    a.raw().set(root + "/x", std::to_string(i), static_cast<uint64_t>(i),
                [&, i](const write_answer& x) {
                  CHECK(x.code == outcome::ok);
                  answered.push_back(i);
                });
  std::string read;
  a.raw().get(root + "/x", [&](const read_answer& x) { read = x.bytes; });
  REQUIRE(of->until([&] { return !read.empty(); }));
  CHECK(read == std::to_string(count - 1));
  CHECK(std::is_sorted(answered.begin(), answered.end()));
  CHECK(answered.size() == count);
}

TEST_CASE("a watch is told once, of the first change") {
  two_clients with;
  auto& [of, root, a, b] = with;
  const auto path = root + "/x";
  told created;
  CHECK(b.get(path, created.watch()).code == outcome::not_found);
  CHECK(*created.count == 0);
  a.create(path, "0");
  CHECK(created.once(*of));
  told changed;
  CHECK(b.get(path, changed.watch()).bytes == "0");
  a.set(path, "1", 0);
  CHECK(changed.once(*of));
  a.set(path, "2", 1);
  told removed;
  b.get(path, removed.watch(), freshness::synced);
  a.remove(path);
  CHECK(removed.once(*of));
  CHECK(*created.count == 1);
  CHECK(*changed.count == 1);
}

TEST_CASE("a watch on children is told when one comes or goes") {
  two_clients with;
  auto& [of, root, a, b] = with;
  told came;
  b.list(root, came.watch());
  a.create(root + "/x");
  CHECK(came.once(*of));
  told went;
  CHECK(b.list(root, went.watch()).names.size() == 1);
  a.set(root + "/x", "1", 0);
  a.remove(root + "/x");
  CHECK(went.once(*of));
}

TEST_CASE("an entry of a session goes with it, and others are told") {
  two_clients with;
  auto& [of, root, a, b] = with;
  const auto session = a.session();
  const auto made = a.create(root + "/mine", "a", lifetime::session);
  CHECK(made.code == outcome::ok);
  CHECK(made.stat.owner == session);
  CHECK(a.create(root + "/mine/x").code == outcome::invalid);
  a.create(root + "/lasting");
  told gone;
  CHECK(b.get(root + "/mine", gone.watch()).stat == made.stat);
  of->expire(a.raw());
  CHECK(gone.once(*of));
  CHECK(b.get(root + "/mine").code == outcome::not_found);
  CHECK(b.get(root + "/lasting").code == outcome::ok);

  REQUIRE(of->until([&] {
    return a.events.back().state == session_state::connected
           && a.events.back().session != session;
  }));
  auto expired = std::find_if(a.events.begin(), a.events.end(), [](auto& x) {
    return x.state == session_state::expired;
  });
  REQUIRE(expired != a.events.end());
  CHECK(expired->session == session);
  CHECK(std::none_of(a.events.begin(), expired, [&](auto& x) {
    return x.session != session && x.session != 0;
  }));
  const auto next = a.create(root + "/mine", "a", lifetime::session);
  CHECK(next.code == outcome::ok);
  CHECK(next.stat.created > made.stat.created);
  CHECK(next.stat.owner == a.session());
}

TEST_CASE("an entry of a session goes when its client does") {
  two_clients with;
  auto& [of, root, a, b] = with;
  a.create(root + "/mine", "", lifetime::session);
  told gone;
  CHECK(b.get(root + "/mine", gone.watch()).code == outcome::ok);
  a.disconnect();
  CHECK(gone.once(*of));
  CHECK(b.get(root + "/mine").code == outcome::not_found);
}

TEST_CASE("a broken connection leaves outcomes unknown and the session alive") {
  two_clients with;
  auto& [of, root, a, b] = with;
  const auto session = a.session();
  const auto others = b.session();
  a.create(root + "/mine", "0", lifetime::session);
  told changed;
  b.get(root + "/mine", changed.watch());
  of->freeze();
  std::vector<outcome> outcomes;
  a.raw().set(root + "/mine", "1", 0,
              [&](auto& x) { outcomes.push_back(x.code); });
  a.raw().get(root + "/mine", [&](auto& x) { outcomes.push_back(x.code); });
  a.raw().commit({operation::check(root)},
                 [&](auto& x) { outcomes.push_back(x.code); });
  of->cut();
  REQUIRE(of->until([&] { return outcomes.size() == 3; }));
  CHECK(outcomes
        == std::vector{outcome::unknown, outcome::unknown, outcome::unknown});
  REQUIRE(of->until([&] {
    return a.events.back().state == session_state::suspended
           && b.events.back().state == session_state::suspended;
  }));
  of->heal();
  CHECK(a.session() == session);
  CHECK(b.session() == others);
  const auto read = a.get(root + "/mine");
  CHECK(read.code == outcome::ok);
  CHECK(read.stat.owner == session);
  // Watches outlive the connection.
  CHECK(a.set(root + "/mine", "2", std::nullopt).code == outcome::ok);
  CHECK(changed.once(*of));
}

TEST_CASE("who subscribes late is told the present state") {
  two_clients with;
  auto& [of, root, a, b] = with;
  const auto session = a.session();
  std::vector<session_event> seen;
  auto held = a.raw().subscribe([&](auto& x) { seen.push_back(x); });
  REQUIRE(of->until([&] { return !seen.empty(); }));
  CHECK(seen.front().state == session_state::connected);
  CHECK(seen.front().session == session);
  held.reset();
  of->expire(a.raw());
  REQUIRE(of->until([&] { return a.events.back().session != session; }));
  CHECK(seen.size() == 1);
}

TEST_CASE("a client that is destroyed answers nothing more") {
  two_clients with;
  auto& [of, root, a, b] = with;
  int answers = 0;
  of->freeze();
  for (int i = 0; i < 100; ++i)
    a.raw().get(
        root, [&](auto&) { ++answers; }, [&] { ++answers; });
  a.disconnect();
  of->cut();
  REQUIRE(of->until(
      [&] { return b.events.back().state == session_state::suspended; }));
  of->heal();
  b.session();
  CHECK(b.get(root).code == outcome::ok);
  CHECK(answers == 0);
}
