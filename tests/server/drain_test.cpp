#include "parley/server/drain.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <atomic>

namespace parley::server {

namespace {

struct system {
  struct config : caf::actor_system_config {
    config() {
      set("scheduler.max-threads", size_t{1});
      set("scheduler.policy", caf::atom("sharing"));
    }
  };

  config cfg;
  caf::actor_system actors{cfg};
  caf::scoped_actor self{actors};
};

caf::behavior idle(caf::event_based_actor*) {
  return {[](int) {
  }};
}

/// Ignores that it is asked to end.
caf::behavior stubborn(caf::event_based_actor* self) {
  self->set_exit_handler([](const caf::exit_msg&) {});
  return {[](int) {
  }};
}

} // namespace

TEST_CASE("actors that end when they are asked need not be killed") {
  system sys;
  std::vector<caf::actor> all;
  for (int i = 0; i < 100; ++i)
    all.push_back(sys.actors.spawn(idle));
  CHECK(drain(sys.self, all, std::chrono::seconds{30}, "idle") == 0);
}

TEST_CASE("actors that ended before are not waited for") {
  system sys;
  auto gone = sys.actors.spawn(idle);
  caf::anon_send_exit(gone, caf::exit_reason::kill);
  sys.self->wait_for(gone);
  CHECK(drain(sys.self, {gone}, std::chrono::seconds{30}, "gone") == 0);
  CHECK(drain(sys.self, {}, std::chrono::seconds{30}, "nobody") == 0);
}

TEST_CASE("I8: an actor that does not end is killed after the time") {
  system sys;
  auto holdout = sys.actors.spawn(stubborn);
  auto other = sys.actors.spawn(idle);
  CHECK(drain(sys.self, {holdout, other}, std::chrono::milliseconds{100},
              "stubborn")
        == 1);
  sys.self->wait_for(holdout);
}

TEST_CASE("what an actor still does at its end is done before drain returns") {
  system sys;
  std::atomic<bool> flushed{false};
  auto slow = sys.actors.spawn([&](caf::event_based_actor* self) {
    self->set_exit_handler(
        [self](const caf::exit_msg&) { self->send(self, 1); });
    return caf::behavior{[self, &flushed](int) {
      flushed = true;
      self->quit();
    }};
  });
  CHECK(drain(sys.self, {slow}, std::chrono::seconds{30}, "slow") == 0);
  CHECK(flushed);
}

} // namespace parley::server
