#include "actors/fake_push.hpp"
#include "actors/pair_of_users.hpp"
#include "actors/stored.hpp"

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <random>
#include <string>

using namespace parley;
using namespace parley::test;
using std::chrono::seconds;

namespace {

std::shared_ptr<fake_push> hanging() {
  auto push = std::make_shared<fake_push>();
  push->hangs = true;
  return push;
}

} // namespace

TEST_CASE("a notification that was decided and not delivered is sent after a "
          "crash") {
  auto push = hanging();
  node n{calm_settings(), push};
  n.register_users({"alice", "bob"});
  n.done(n.subscribe("bob", "https://push.example/bob"));
  n.connect("alice", "phone")->post(direct, "hello");
  CHECK(push->sent().size() == 1);
  n.restart();
  push->hangs = false;
  n.advance(seconds{15});
  const auto sent = push->sent();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].what.conv == direct);
  n.restart();
  n.advance(seconds{15});
  CHECK(push->sent().empty());
}

TEST_CASE("a message that was not decided is, after a crash or a stop") {
  for (auto crashes : {true, false}) {
    CAPTURE(crashes);
    auto push = std::make_shared<fake_push>();
    node n{calm_settings(), push};
    n.register_users({"alice", "bob"});
    n.done(n.subscribe("bob", "https://push.example/bob"));
    auto bob = n.connect("bob", "laptop");
    n.connect("alice", "phone")->post(direct, "hello");
    if (crashes)
      n.crash();
    else
      n.stop();
    CHECK(push->sent().empty());
    n.start();
    n.advance(seconds{15});
    CHECK(push->sent().size() == 1);
    CHECK(stored_rows<history::push_mark_record>(n, history::record::push_mark)
          == 0);
  }
}

TEST_CASE("who comes back in time after a crash and acknowledges is not "
          "notified") {
  auto push = std::make_shared<fake_push>();
  node n{calm_settings(), push};
  n.register_users({"alice", "bob"});
  n.done(n.subscribe("bob", "https://push.example/bob"));
  auto bob = n.connect("bob", "laptop");
  n.connect("alice", "phone")->post(direct, "hello");
  n.restart();
  n.advance(seconds{5});
  bob = n.connect("bob", "laptop", 0);
  bob->heard();
  bob->acknowledge();
  n.advance(seconds{60});
  CHECK(push->sent().empty());
}

TEST_CASE("whatever is killed when, a message that nobody acknowledges is "
          "notified of, and one that is acknowledged in time is not") {
  size_t notified = 0;
  size_t spared = 0;
  for (unsigned seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    auto push = std::make_shared<fake_push>();
    node n{calm_settings(), push};
    n.register_users({"alice", "bob"});
    n.done(n.subscribe("bob", "https://push.example/bob"));
    std::mt19937 random{seed};
    for (int round = 0; round < 8; ++round) {
      auto here = random() % 2 == 0;
      auto acknowledges = here && random() % 2 == 0;
      push->answer.said =
          random() % 2 == 0 ? push::verdict::later : push::verdict::taken;
      client_ptr bob;
      if (here)
        bob = n.connect("bob", "laptop");
      n.advance(seconds{2});
      push->sent();
      n.connect("alice", "phone")->post(direct, std::to_string(round));
      const auto seq = static_cast<int64_t>(stored_last(n, direct));
      if (acknowledges) {
        bob->heard();
        bob->acknowledge();
        n.advance(seconds{2});
      }
      auto before = push->sent().size();
      if (!acknowledges && push->answer.said == push::verdict::later)
        before = 0; // Tried, and not taken.
      if (random() % 2 == 0) {
        for (auto steps = random() % 40; steps > 0; --steps)
          n.step();
        n.restart();
        bob.reset();
      }
      push->answer.said = push::verdict::taken;
      n.advance(seconds{60});
      const auto sent = before + push->sent().size();
      CAPTURE(round);
      CAPTURE(seq);
      if (acknowledges) {
        CHECK(sent == 0);
        ++spared;
      } else {
        CHECK(sent >= 1);
        ++notified;
      }
      // What was seen of the round is over.
      auto reader = n.connect("bob", "laptop");
      reader->heard();
      reader->acknowledge();
      n.advance(seconds{2});
      reader->hang_up();
      n.run();
    }
  }
  CHECK(notified > 50);
  CHECK(spared > 20);
}
