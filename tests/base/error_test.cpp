#include "parley/base/error.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace parley;

namespace {

struct row {
  errc code;
  std::string_view name;
  int status;
  bool again;
};

constexpr std::array rows{
    row{errc::bad_frame, "bad_frame", 400, false},
    row{errc::unknown_type, "unknown_type", 400, false},
    row{errc::bad_request, "bad_request", 400, false},
    row{errc::unauthenticated, "unauthenticated", 401, false},
    row{errc::forbidden, "forbidden", 403, false},
    row{errc::not_found, "not_found", 404, false},
    row{errc::conflict, "conflict", 409, false},
    row{errc::cid_conflict, "cid_conflict", 409, false},
    row{errc::too_large, "too_large", 413, false},
    row{errc::group_full, "group_full", 422, false},
    row{errc::rate_limited, "rate_limited", 429, true},
    row{errc::internal, "internal", 500, false},
    row{errc::unavailable, "unavailable", 503, true},
};

} // namespace

TEST_CASE("each code has the name and the status of the contract") {
  for (auto& each : rows) {
    CAPTURE(each.name);
    CHECK(to_string(each.code) == each.name);
    CHECK(http_status(each.code) == each.status);
    CHECK(retryable(each.code) == each.again);
  }
}

TEST_CASE("a result is a value or the reason why there is none") {
  result<int> good = 7;
  CHECK(good.value() == 7);
  result<int> bad = error{errc::not_found, "no such user"};
  CHECK_FALSE(bad.has_value());
  CHECK(bad.error().code == errc::not_found);
  CHECK_THROWS_AS(bad.value(), std::logic_error);
}
