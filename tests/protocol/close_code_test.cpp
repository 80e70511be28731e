#include "parley/protocol/close_code.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace parley::protocol;

TEST_CASE("every close code has a reason of its own that fits a close frame") {
  std::set<std::string> seen;
  for (auto code : {1000, 1003, 1007, 1009, 4000, 4001, 4008, 4009, 4500, 4501,
                    4502, 4510}) {
    CAPTURE(code);
    auto text = reason(static_cast<close_code>(code));
    CHECK_FALSE(text.empty());
    CHECK(text.size() <= 123); // RFC 6455, 5.5.1.
    CHECK(seen.emplace(text).second);
  }
}
