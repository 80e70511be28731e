#include "parley/base/shared_bytes.hpp"

#include <doctest/doctest.h>

using parley::shared_bytes;

TEST_CASE("copies share the same bytes") {
  shared_bytes one{std::string(100, 'x')};
  auto other = one;
  CHECK(one.view().data() == other.view().data());
  CHECK(other.size() == 100);
  CHECK(one == shared_bytes{std::string(100, 'x')});
}

TEST_CASE("no bytes and an empty string are the same") {
  CHECK(shared_bytes{} == shared_bytes{std::string{}});
  CHECK(shared_bytes{}.empty());
  CHECK(shared_bytes{}.view().empty());
}
