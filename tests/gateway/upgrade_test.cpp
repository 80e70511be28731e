#include "gateway/upgrade.hpp"

#include <doctest/doctest.h>

using parley::gateway::read_offer;
using parley::gateway::subprotocol_offer;

TEST_CASE("a client that offers no subprotocol is accepted without one") {
  CHECK(read_offer("") == subprotocol_offer::none);
  CHECK(read_offer(" , ,") == subprotocol_offer::none);
}

TEST_CASE("a client that offers ours among others gets ours") {
  CHECK(read_offer("parley.v1") == subprotocol_offer::ours);
  CHECK(read_offer("chat, parley.v1") == subprotocol_offer::ours);
  CHECK(read_offer("parley.v2 ,\tparley.v1 , x") == subprotocol_offer::ours);
}

TEST_CASE("a client that offers only others is refused") {
  CHECK(read_offer("parley.v2") == subprotocol_offer::others);
  CHECK(read_offer("parley.v11, xparley.v1") == subprotocol_offer::others);
  CHECK(read_offer("PARLEY.V1") == subprotocol_offer::others);
}
