#include "push/apns_tokens.hpp"
#include "push/keys.hpp"

#include <doctest/doctest.h>

using namespace parley;
using namespace parley::push;
using std::chrono::minutes;

TEST_CASE("a token for Apple is renewed after 20 and before 60 minutes") {
  manual_wall_clock clock;
  apns_tokens tokens{pem_of(make_p256().get()), "KEY", "TEAM", clock};
  auto first = tokens.current();
  REQUIRE(first != "");
  clock.advance(minutes{39});
  CHECK(tokens.current() == first);
  clock.advance(minutes{1});
  auto second = tokens.current();
  CHECK(second != first);
  clock.advance(minutes{19});
  tokens.expired();
  CHECK(tokens.current() == second);
  clock.advance(minutes{1});
  tokens.expired();
  CHECK(tokens.current() != second);
}

TEST_CASE("a clock that was set back does not keep a token for ever") {
  manual_wall_clock clock;
  apns_tokens tokens{pem_of(make_p256().get()), "KEY", "TEAM", clock};
  auto first = tokens.current();
  clock.advance(-minutes{600});
  auto second = tokens.current();
  CHECK(second != first);
}

TEST_CASE("a key that is none signs nothing") {
  manual_wall_clock clock;
  apns_tokens tokens{"no key", "KEY", "TEAM", clock};
  CHECK(tokens.current() == "");
}
