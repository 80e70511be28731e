#include "parley/server/link.hpp"

#include <doctest/doctest.h>

namespace parley::server {

TEST_CASE("the link leads to the node from this machine") {
  CHECK(link_to("0.0.0.0:8080") == "http://localhost:8080");
  CHECK(link_to("[::]:80") == "http://localhost:80");
  CHECK(link_to("127.0.0.1:41234") == "http://127.0.0.1:41234");
  CHECK(link_to("[::1]:8080") == "http://[::1]:8080");
  CHECK(link_to("10.0.0.0:8080") == "http://10.0.0.0:8080");
}

} // namespace parley::server
