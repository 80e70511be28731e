#include "prose.hpp"
#include "quantity.hpp"

#include <doctest/doctest.h>

using namespace parley::bench;

TEST_CASE("quantities are as exact as they deserve") {
  CHECK(quantity(0) == "0");
  CHECK(quantity(0.25) == "0.25");
  CHECK(quantity(12.345) == "12.3");
  CHECK(quantity(1000) == "1,000");
  CHECK(quantity(46'349) == "46,300");
  CHECK(quantity(1'234'567'890) == "1,230,000,000");
  CHECK(quantity(-1234) == "-1,230");
  CHECK(quantity(999'999) == "1,000,000");
}

TEST_CASE("prose is words, the same each time, and as long as asked") {
  auto text = make_prose(10'000);
  CHECK(text.size() == 10'000);
  CHECK(text == make_prose(10'000));
  CHECK(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz ")
        == std::string::npos);
  CHECK(text.find("  ") == std::string::npos);
}
