#include "cluster/link_backoff.hpp"
#include "cluster/link_greeting.hpp"
#include "cluster/link_window.hpp"
#include "cluster/links_state.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <cstring>

using namespace parley;
using namespace parley::cluster;
using std::chrono::milliseconds;

namespace {

/// Always the same number.
class fixed_random final : public random_source {
public:
  explicit fixed_random(uint8_t byte) : byte_(byte) {}
  void fill(void* to, size_t bytes) noexcept override {
    std::memset(to, byte_, bytes);
  }

private:
  uint8_t byte_;
};

link_options own() {
  link_options x;
  x.cluster = "c1";
  x.node = 1;
  x.version_min = 2;
  x.version_max = 4;
  return x;
}

const peer_address known{2, "b", 4000, 20};

hello greeting() {
  hello x;
  x.cluster = "c1";
  x.node = 2;
  x.incarnation = 20;
  x.version_min = 2;
  x.version_max = 4;
  x.partitions.resize(8);
  return x;
}

std::string objection(const hello& x) {
  auto version = check_hello(x, known, own(), 8);
  return version ? "" : version.error().message;
}

} // namespace

TEST_CASE("pauses double up to their bound, by chance half as long") {
  fixed_random least{0};
  link_backoff pause{milliseconds{100}, milliseconds{1'000}};
  for (auto expected : {50, 100, 200, 400, 500, 500})
    CHECK(pause.next(least).count() == expected);
  pause.reset();
  CHECK(pause.next(least).count() == 50);
  for (auto byte = 1; byte < 256; byte += 7) {
    fixed_random some{static_cast<uint8_t>(byte)};
    link_backoff other{milliseconds{100}, milliseconds{1'000}};
    const auto wait = other.next(some).count();
    CHECK(wait >= 50);
    CHECK(wait <= 100);
  }
}

TEST_CASE("a window takes what fits, and more when some was taken") {
  send_window window{100};
  CHECK(window.fits(100));
  CHECK(!window.fits(101));
  CHECK(window.send(60) == 60);
  CHECK(window.fits(40));
  CHECK(!window.fits(41));
  window.taken(50);
  CHECK(window.under_way() == 10);
  CHECK(window.fits(90));
  window.taken(40); // overtaken
  CHECK(window.under_way() == 10);
  window.taken(1'000); // never sent
  CHECK(window.under_way() == 10);
  CHECK(!send_window{}.fits(1));
}

TEST_CASE("the sender is told when a quarter of the window was taken") {
  receive_window window{100};
  CHECK(!window.take(24));
  CHECK(window.take(25));
  CHECK(window.tell() == 25);
  CHECK(!window.take(49));
  CHECK(window.take(50));
  CHECK(window.take(10)); // Overtaken: still to be told.
  CHECK(window.tell() == 50);
}

TEST_CASE("a greeting that fits gives the highest version of both") {
  auto x = greeting();
  CHECK(check_hello(x, known, own(), 8).value() == 4);
  x.version_min = 4;
  x.version_max = 9;
  CHECK(check_hello(x, known, own(), 8).value() == 4);
  x.version_min = 1;
  x.version_max = 2;
  CHECK(check_hello(x, known, own(), 8).value() == 2);
}

TEST_CASE("what does not fit in a greeting is named") {
  auto x = greeting();
  x.cluster = "c2";
  CHECK(objection(x) == "cluster: it is of \"c2\", this is \"c1\"");
  x = greeting();
  x.node = 3;
  CHECK(objection(x) == "node: it is 3, 2 was expected");
  x = greeting();
  x.incarnation = 19;
  CHECK(objection(x) == "incarnation: it is 19, membership says 20");
  x = greeting();
  x.partitions.resize(4);
  CHECK(objection(x) == "partitions: it has 4, this node 8");
  x = greeting();
  x.version_min = 5;
  x.version_max = 6;
  CHECK(objection(x) == "protocol version: it speaks 5 to 6, this node 2 to 4");
  x.version_min = 0;
  x.version_max = 1;
  CHECK(!objection(x).empty());
}

TEST_CASE("a cluster without TLS starts on loopback alone, when asked to") {
  link_options x;
  CHECK(!check_security(x)
             .has_value()); // TLS is the default, and has no files here.
  x.security.with = link_security::kind::none;
  CHECK(check_security(x).has_value());
  x.listen_host = "::1";
  CHECK(check_security(x).has_value());
  for (const auto* host : {"0.0.0.0", "::", "10.0.0.1", "localhost", ""}) {
    CAPTURE(host);
    x.listen_host = host;
    CHECK(!check_security(x).has_value());
  }
  x.listen_host = "127.0.0.1";
  x.security.key_file = "key.pem";
  CHECK(!check_security(x).has_value()); // Which of the two is meant?
  x.security = {link_security::kind::tls, "/no/such", "/no/such", "/no/such"};
  CHECK(check_security(x).error().message
        == "links: no certificate in /no/such");
}

TEST_CASE("what was due for a peer's last incarnation does not dial the next") {
  caf::actor_system_config cfg;
  caf::actor_system sys{cfg};
  fixed_random random{0};
  using actor = caf::stateful_actor<links_state>;
  sys.spawn([&](actor* links) -> caf::behavior {
    auto& state = links->state;
    state.options = own();
    state.random = &random;
    const auto fail = [&state] {
      dialed answer;
      answer.node = 2;
      answer.attempt = state.find(2)->attempt;
      answer.error = "refused";
      state.on_dialed(answer);
      return dial_due{2, state.find(2)->attempt};
    };
    state.on_reach({10, {{2, "b", 4000, 20}}});
    const auto before = fail();
    state.on_reach({10, {{2, "b", 4000, 21}}});
    const auto now = fail();
    state.find(2)->stage = link_stage::up;
    state.on_dial_due(before);
    CHECK(before.attempt != now.attempt);
    CHECK(state.find(2)->is_up());
    links->quit();
    return {};
  });
  sys.await_all_actors_done();
}
