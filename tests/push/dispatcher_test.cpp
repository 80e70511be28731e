#include "support/doctest.hpp"
#include "support/push_server.hpp"
#include "support/temporary_directory.hpp"

#include "parley/actors/messages.hpp"
#include "parley/actors/spawn.hpp"
#include "parley/base/random.hpp"
#include "parley/push/dispatcher.hpp"

#include <caf/all.hpp>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <netinet/in.h>
#include <set>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

// The node's dispatcher with its real providers, over real sockets.

namespace parley::test {
namespace {

using fate = push_told::fate;

/// What the users of a prefix were told.
class news {
public:
  void add(const std::string& user, fate what) {
    std::lock_guard guard{lock_};
    ++all_[{prefix_of(user), what}];
    came_.notify_all();
  }

  size_t count(const std::string& prefix, fate what) const {
    std::lock_guard guard{lock_};
    auto found = all_.find({prefix, what});
    return found == all_.end() ? 0 : found->second;
  }

  void wait_for(size_t count, const std::string& prefix, fate what) {
    std::unique_lock guard{lock_};
    if (!came_.wait_for(guard, patience, [&] {
          return all_[{prefix, what}] >= count;
        }))
      throw timed_out("too few users were told");
  }

private:
  static std::string prefix_of(const std::string& user) {
    return user.substr(0, user.find('-'));
  }

  mutable std::mutex lock_;
  std::condition_variable came_;
  std::map<std::pair<std::string, fate>, size_t> all_;
};

caf::behavior home_of_all(caf::event_based_actor*, std::shared_ptr<news> to) {
  return {[to](const to_user& who, const push_told& x) {
    to->add(who.name, x.what);
  }};
}

/// A dispatcher, what it is offered, and what it tells.
class dispatching {
public:
  explicit dispatching(const push_server& hook) {
    auto& with = node_->settings;
    with.node.data_dir = here_.path().string();
    with.push.contact = "mailto:operator@example.org";
    with.push.allow_private_endpoints = true;
    with.push.webhook = {hook.url("hook"),
                         "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
    node_->clock = &clock_;
    node_->random = &system_random();
    node_->divide_into(1);
    node_->partitions[0] = sys_.spawn(home_of_all, told_);
    auto made = push::provider_set::open(with, clock_);
    REQUIRE(made.has_value());
    providers_ = std::move(*made);
    dispatcher_ = push::spawn_dispatcher(sys_, node_, providers_->table());
  }

  /// The dispatcher ends first: it uses the providers.
  ~dispatching() {
    caf::anon_send_exit(dispatcher_, caf::exit_reason::user_shutdown);
    caf::scoped_actor {
      sys_
      } -> wait_for(dispatcher_);
    providers_->stop();
    caf::anon_send_exit(node_->partitions[0], caf::exit_reason::user_shutdown);
  }

  /// To a browser, with the keys of RFC 8291's example.
  void offer(const std::string& user, const std::string& endpoint) {
    history::subscription_record to;
    to.id = "browser";
    to.address = endpoint;
    to.p256dh = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-"
                "AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    to.auth = "BTBZMqHH6r4Tts7J_aSIgg";
    caf::anon_send(dispatcher_, push_offer{user, record(), {to}, false});
  }

  void offer_to_webhook(const std::string& user) {
    caf::anon_send(dispatcher_, push_offer{user, record(), {}, true});
  }

  news& told() { return *told_; }

private:
  history::push_record record() const {
    history::push_record x;
    x.conv = "dm:alice:bob";
    x.useq = x.seq = 1;
    x.ts = x.made = clock_.now();
    x.title = "alice";
    return x;
  }

  struct config : caf::actor_system_config {
    config() {
      set("scheduler.max-threads", 2);
      set("logger.console", caf::atom("none"));
      register_messages(*this);
    }
  };

  temporary_directory here_;
  system_wall_clock clock_;
  std::shared_ptr<news> told_ = std::make_shared<news>();
  config cfg_;
  caf::actor_system sys_{cfg_};
  std::shared_ptr<node_context> node_ = std::make_shared<node_context>();
  std::unique_ptr<push::provider_set> providers_;
  caf::actor dispatcher_;
};

/// A port at which nobody listens.
class closed_port {
public:
  closed_port() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&at), size) == 0);
    REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size)
            == 0);
    port_ = ntohs(at.sin_port);
  }
  closed_port(const closed_port&) = delete;
  closed_port& operator=(const closed_port&) = delete;
  ~closed_port() { ::close(socket_); }

  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/" + path;
  }

private:
  int socket_;
  uint16_t port_ = 0;
};

constexpr int broken_ones = 10'000;
constexpr int others = 100;

std::string numbered(const char* prefix, int i) {
  return std::string{prefix} + '-' + std::to_string(i);
}

} // namespace

TEST_CASE("10,000 that wait for a service that hangs, refuses, puts them off "
          "or has forgotten them hold nothing else up (I8)") {
  push_server broken;
  push_server works;
  push_server hook;
  closed_port closed;
  dispatching x{hook};
  auto url = [&](int i) {
    return broken.url(numbered("broken", i));
  };
  std::function<std::string(int)> broken_url = url;
  auto hangs = false;
  SUBCASE("hangs") {
    broken.hang();
    hangs = true;
  }
  SUBCASE("refuses") {
    broken_url = [&](int i) {
      return closed.url(numbered("broken", i));
    };
  }
  SUBCASE("puts off") {
    broken.answer(429, {{"Retry-After", "3600"}});
  }
  SUBCASE("has forgotten") {
    broken.answer(410);
  }
  for (int i = 0; i < broken_ones; ++i)
    x.offer(numbered("broken", i), broken_url(i));
  for (int i = 0; i < others; ++i) {
    x.offer(numbered("browser", i), works.url(numbered("browser", i)));
    x.offer_to_webhook(numbered("webhook", i));
  }
  x.told().wait_for(others, "browser", fate::taken);
  x.told().wait_for(others, "webhook", fate::taken);
  CHECK(works.all().size() == others);
  CHECK(hook.all().size() == others);

  CHECK(x.told().count("broken", fate::taken) == 0);
  CHECK(x.told().count("broken", fate::dropped) == 0);
  // It holds as much as one host may, all of it still.
  if (hangs)
    CHECK(broken.all().size() <= config::push_settings{}.in_flight_per_host);
  std::set<std::string> asked;
  const auto all = broken.all();
  for (const auto& one : all)
    asked.insert(one.target);
  CHECK(asked.size() == all.size()); // Nobody is asked again at once.
}

TEST_CASE("10,000 that wait for a webhook that hangs hold no browser up (I8)") {
  push_server works;
  push_server hook;
  hook.hang();
  dispatching x{hook};
  for (int i = 0; i < broken_ones; ++i)
    x.offer_to_webhook(numbered("webhook", i));
  hook.wait_count(1);
  for (int i = 0; i < others; ++i)
    x.offer(numbered("browser", i), works.url("browser"));
  x.told().wait_for(others, "browser", fate::taken);
  CHECK(hook.all().size() <= config::push_settings{}.in_flight);
  CHECK(x.told().count("webhook", fate::taken) == 0);
  CHECK(x.told().count("webhook", fate::dropped) == 0);
}

TEST_CASE("those whom a service has forgotten are all told so, and those whom "
          "it has put off get theirs once it says yes") {
  push_server browsers;
  push_server hook;
  dispatching x{hook};
  browsers.answer(410);
  for (int i = 0; i < others; ++i)
    x.offer(numbered("gone", i), browsers.url("gone"));
  x.told().wait_for(others, "gone", fate::gone);
  hook.answer(429, {{"Retry-After", "1"}});
  x.offer_to_webhook("late-1");
  hook.wait_count(1);
  hook.answer(204);
  x.told().wait_for(1, "late", fate::taken);
  CHECK(hook.all().size() >= 2);
}

} // namespace parley::test
