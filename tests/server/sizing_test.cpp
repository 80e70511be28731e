#include "parley/server/sizing.hpp"

#include <doctest/doctest.h>

#include <sched.h>

namespace parley::server {

TEST_CASE("threads left to the cores are set, at least one of each") {
  for (uint32_t cores : {1u, 2u, 16u, 1000u}) {
    CAPTURE(cores);
    auto with = sized({}, cores);
    for (auto threads : {with.actors.threads, with.http.threads,
                         with.storage.readers, with.auth.argon2_threads}) {
      CHECK(threads >= 1);
      CHECK(threads <= 256);
    }
  }
  CHECK(sized({}, 4).actors.threads == 4);
}

TEST_CASE("threads that the operator set stay") {
  config::settings from;
  from.actors.threads = 3;
  from.http.threads = 5;
  from.storage.readers = 7;
  from.auth.argon2_threads = 9;
  CHECK(sized(from, 64) == from);
}

TEST_CASE("the cores are those that the process may use") {
  cpu_set_t before;
  REQUIRE(::sched_getaffinity(0, sizeof before, &before) == 0);
  CHECK(usable_cores() == static_cast<uint32_t>(CPU_COUNT(&before)));
  size_t first = 0;
  while (!CPU_ISSET(first, &before))
    ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  REQUIRE(::sched_setaffinity(0, sizeof one, &one) == 0);
  CHECK(usable_cores() == 1);
  REQUIRE(::sched_setaffinity(0, sizeof before, &before) == 0);
}

} // namespace parley::server
