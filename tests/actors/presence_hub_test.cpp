#include "parley/actors/messages.hpp"
#include "parley/actors/spawn.hpp"
#include "parley/base/clock.hpp"
#include "parley/base/log.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace parley;
using std::chrono::seconds;
using texts = std::vector<std::string>;

namespace {

constexpr uint8_t offline = 0;
constexpr uint8_t online = 2;

/// A hub between homes that answer what the test wants and sessions that keep
/// what they hear.
struct hub_world {
  struct config : caf::actor_system_config {
    config() {
      set("scheduler.policy", caf::atom("testing"));
      set("logger.console", caf::atom("none"));
      register_messages(*this);
    }
  };

  /// What the homes do, and were asked.
  struct homes {
    std::map<std::string, uint8_t> visible; ///< "ann ben": ann sees ben as.
    bool answers = true;
    bool certain = true;
    uint64_t epoch = 1;
    texts asked;
    caf::actor tracker; ///< Whoever answers.
    caf::actor hub;     ///< That asked last.
  };

  struct session {
    caf::actor handle;
    std::shared_ptr<texts> heard = std::make_shared<texts>();
  };

  hub_world() {
    log::set_level("off");
    node->clock = &clock;
    node->divide_into(2);
    for (auto& x : node->partitions)
      x = spawn_home();
    node->presence_hub = hub = spawn_presence_hub(sys, node);
  }

  ~hub_world() {
    caf::anon_send_exit(hub, caf::exit_reason::user_shutdown);
    for (const auto& x : node->partitions)
      end(x);
    for (const auto& x : others)
      end(x);
    run();
    sched().clock().cancel_all();
    run();
    node->partitions.clear();
    node->presence_hub = nullptr;
    at->tracker = at->hub = nullptr;
  }

  static void end(const caf::actor& x) {
    caf::anon_send_exit(x, caf::exit_reason::kill);
  }

  caf::scheduler::test_coordinator& sched() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler());
  }
  void run() {
    while (sched().try_run_once()) {}
  }
  void advance(seconds by) {
    sched().advance_time(by);
    run();
  }

  caf::actor spawn_home() {
    return sys.spawn([at = at](caf::event_based_actor* self) -> caf::behavior {
      self->set_default_handler(caf::drop);
      return {
          [=](const to_user&, const get_groups&) -> caf::result<member_groups> {
            if (!at->answers)
              return caf::sec::request_timeout;
            return member_groups{{hash_of("g:1")}};
          },
          [=](const to_presence& to, const observe_all& x) {
            self->delegate(at->tracker, to, x);
            return caf::delegated<seen_all>{};
          },
          [=](const to_presence&, const unobserve_all& x) {
            for (const auto& user : x.users)
              at->asked.push_back("not " + x.watcher + ' ' + user);
          },
      };
    });
  }

  void spawn_tracker() {
    at->tracker =
        sys.spawn([at = at](caf::event_based_actor* self) -> caf::behavior {
          self->set_default_handler(caf::drop);
          return {[=](const to_presence&, const observe_all& x) {
            return answer_to(*at, x);
          }};
        });
    others.push_back(at->tracker);
  }

  static caf::result<seen_all> answer_to(homes& at, const observe_all& x) {
    auto line = x.watcher + " asks";
    for (const auto& user : x.users)
      line += ' ' + user;
    at.asked.push_back(line);
    at.hub = x.hub;
    if (!at.answers)
      return caf::sec::request_timeout;
    seen_all result;
    result.epoch = at.epoch;
    for (const auto& user : x.users)
      if (auto seen = at.visible.find(x.watcher + ' ' + user);
          seen != at.visible.end())
        result.items.push_back(
            {user, seen->second, 0, at.certain, static_cast<bool>(x.hub)});
    return result;
  }

  session open() {
    session x;
    x.handle = sys.spawn(
        [heard = x.heard](caf::event_based_actor* self) -> caf::behavior {
          self->set_default_handler(caf::drop);
          return {[=](const ephemeral& news) {
                    heard->emplace_back(news.json.view());
                  },
                  [=](const end_session& end) {
                    heard->push_back("end " + std::to_string(end.code));
                  }};
        });
    others.push_back(x.handle);
    return x;
  }

  /// The answer's items.
  std::string watch_with(const session& by, const std::string& user,
                         const texts& users) {
    if (!at->tracker)
      spawn_tracker();
    std::string result;
    sys.spawn([&](caf::event_based_actor* self) {
      self->request(hub, seconds{10}, to_user{user}, watch{by.handle, users})
          .then([&](const answer& x) { result = x.fields.view(); },
                [&](const caf::error&) { result = "failed"; });
    });
    run();
    return result;
  }

  /// A home tells the hub.
  void news(const std::string& user, uint8_t status, uint64_t epoch = 1) {
    caf::anon_send(hub, presence_news{epoch, {{user, status, 7}}});
    run();
  }

  texts asked() { return std::exchange(at->asked, {}); }

  config cfg;
  caf::actor_system sys{cfg};
  manual_wall_clock clock;
  std::shared_ptr<node_context> node = std::make_shared<node_context>();
  std::shared_ptr<homes> at = std::make_shared<homes>();
  std::vector<caf::actor> others;
  caf::actor hub;
};

/// Users of the same partition of two.
texts neighbours(size_t count, uint32_t partition) {
  texts all;
  for (int i = 0; all.size() < count; ++i)
    if (auto name = "user" + std::to_string(i);
        place_of(name, 2).partition == partition)
      all.push_back(name);
  return all;
}

bool says(const std::string& event, const std::string& user,
          const std::string& status) {
  return event.find("\"" + user + "\"") != std::string::npos
         && event.find("\"" + status + "\"") != std::string::npos;
}

size_t take(const hub_world::session& x) {
  return std::exchange(*x.heard, {}).size();
}

} // namespace

TEST_CASE("all that a session watches at a home is one question") {
  hub_world x;
  auto users = neighbours(10, 0);
  const auto more = neighbours(7, 1);
  users.insert(users.end(), more.begin(), more.end());
  x.watch_with(x.open(), "ann", users);
  CHECK(x.asked().size() == 2);
}

TEST_CASE("another session of the same user asks nothing, and hears the same") {
  hub_world x;
  x.at->visible["ann ben"] = online;
  const auto phone = x.open();
  const auto tablet = x.open();
  CHECK(says(x.watch_with(phone, "ann", {"ben"}), "ben", "online"));
  CHECK(x.asked() == texts{"ann asks ben"});
  CHECK(says(x.watch_with(tablet, "ann", {"ben"}), "ben", "online"));
  CHECK(x.asked().empty());
  x.news("ben", offline);
  CHECK(take(phone) == 1);
  CHECK(take(tablet) == 1);
  x.news("ben", offline);
  CHECK(take(phone) == 0);
}

TEST_CASE("of two who watch the same user only the one who may hears of it") {
  hub_world x;
  x.at->visible["ann ben"] = offline;
  const auto ann = x.open();
  const auto cyd = x.open();
  x.watch_with(ann, "ann", {"ben"});
  CHECK(says(x.watch_with(cyd, "cyd", {"ben"}), "ben", "offline"));
  x.news("ben", online);
  CHECK(take(ann) == 1);
  CHECK(take(cyd) == 0);
  x.at->visible["cyd ben"] = online;
  CHECK(says(x.watch_with(cyd, "cyd", {"ben"}), "ben", "online"));
  caf::anon_send(x.hub, presence_hidden{"ben", "ann"});
  x.run();
  REQUIRE(ann.heard->size() == 1);
  CHECK(says(ann.heard->at(0), "ben", "offline"));
  take(ann);
  x.news("ben", offline);
  CHECK(take(ann) == 0);
  CHECK(take(cyd) == 1);
}

TEST_CASE("a user is let go with the last session that watches them") {
  hub_world x;
  x.at->visible["ann ben"] = online;
  const auto phone = x.open();
  const auto tablet = x.open();
  x.watch_with(phone, "ann", {"ben"});
  x.watch_with(tablet, "ann", {"ben"});
  x.asked();
  x.watch_with(phone, "ann", {});
  CHECK(x.asked().empty());
  hub_world::end(tablet.handle);
  x.run();
  CHECK(x.asked() == texts{"not ann ben"});
  x.watch_with(phone, "ann", {"ben"});
  CHECK(x.asked() == texts{"ann asks ben"});
}

TEST_CASE("what was not answered is asked again until it is") {
  hub_world x;
  x.at->visible["ann ben"] = online;
  const auto ann = x.open();
  x.at->answers = false;
  CHECK(says(x.watch_with(ann, "ann", {"ben"}), "ben", "offline"));
  x.advance(seconds{2});
  x.advance(seconds{2});
  CHECK(take(ann) == 0);
  x.at->answers = true;
  x.advance(seconds{2});
  REQUIRE(ann.heard->size() == 1);
  CHECK(says(ann.heard->at(0), "ben", "online"));
  x.asked();
  x.advance(seconds{60});
  CHECK(x.asked().empty());
}

TEST_CASE("a tracker that ends is asked for anew, and so is a new leader") {
  hub_world x;
  x.at->visible["ann ben"] = offline;
  const auto ann = x.open();
  x.watch_with(ann, "ann", {"ben"});
  x.asked();
  SUBCASE("it failed") {
    auto before = x.at->tracker;
    x.spawn_tracker();
    hub_world::end(before);
  }
  SUBCASE("another leads") {
    x.at->epoch = 2;
    caf::anon_send(x.hub, home_moved{2, place_of("ben", 2).partition});
  }
  x.at->visible["ann ben"] = online;
  x.run();
  CHECK(x.asked() == texts{"ann asks ben"});
  REQUIRE(ann.heard->size() == 1);
  CHECK(says(ann.heard->at(0), "ben", "online"));
}

TEST_CASE("a new leader that is not certain changes nothing of what is known, "
          "and a deposed one neither") {
  hub_world x;
  x.at->visible["ann ben"] = online;
  const auto ann = x.open();
  x.watch_with(ann, "ann", {"ben"});
  x.at->epoch = 2;
  x.at->certain = false;
  x.at->visible["ann ben"] = offline;
  caf::anon_send(x.hub, home_moved{2, place_of("ben", 2).partition});
  x.run();
  CHECK(take(ann) == 0);
  x.news("ben", offline, 1);
  CHECK(take(ann) == 0);
  x.news("ben", offline, 2);
  CHECK(take(ann) == 1);
}

TEST_CASE("rights that ended while another took the lead are lost") {
  hub_world x;
  x.at->visible["ann ben"] = online;
  const auto ann = x.open();
  x.watch_with(ann, "ann", {"ben"});
  x.at->visible.clear();
  caf::anon_send(x.hub, home_moved{2, place_of("ben", 2).partition});
  x.run();
  REQUIRE(ann.heard->size() == 1);
  CHECK(says(ann.heard->at(0), "ben", "offline"));
  take(ann);
  x.news("ben", online);
  CHECK(take(ann) == 0);
}

TEST_CASE("who may see more asks where they were refused, and nowhere else") {
  hub_world w;
  const auto ben = neighbours(1, 0)[0];
  const auto dan = neighbours(1, 1)[0];
  w.at->visible["ann " + ben] = online;
  auto first = w.open();
  w.watch_with(first, "ann", {ben, dan});
  auto second = w.open();
  w.at->visible["cyd " + dan] = online;
  w.watch_with(second, "cyd", {dan});
  w.asked();
  w.at->visible["ann " + dan] = online;
  caf::anon_send(w.hub, to_user{"ann"}, recheck{});
  w.run();
  CHECK(w.asked() == texts{"ann asks " + dan});
  REQUIRE(first.heard->size() == 1);
  CHECK(says(first.heard->front(), dan, "online"));
  CHECK(take(second) == 0);
  caf::anon_send(w.hub, to_user{"ann"}, recheck{});
  w.run();
  CHECK(w.asked().empty());
}

TEST_CASE("who only asks watches nobody") {
  hub_world x;
  x.at->visible["ann ben"] = online;
  CHECK(says(x.watch_with({}, "ann", {"ben"}), "ben", "online"));
  CHECK(x.asked() == texts{"ann asks ben"});
  CHECK(says(x.watch_with({}, "ann", {"ben"}), "ben", "online"));
  CHECK(x.asked() == texts{"ann asks ben"});
}

TEST_CASE("a hub that fails sends its clients away, and the next serves them") {
  hub_world x;
  x.at->visible["ann ben"] = online;
  const auto ann = x.open();
  x.watch_with(ann, "ann", {"ben"});
  caf::anon_send_exit(x.at->hub, caf::exit_reason::unhandled_exception);
  x.run();
  CHECK(*ann.heard == texts{"end 4000"});
  const auto again = x.open();
  CHECK(says(x.watch_with(again, "ann", {"ben"}), "ben", "online"));
  caf::anon_send(x.at->hub, presence_news{1, {{"ben", offline, 7}}});
  x.run();
  CHECK(take(again) == 1);
}
