#include "parley/server/rate_meter.hpp"

#include <doctest/doctest.h>

namespace parley::server {

TEST_CASE("a rate needs two samples") {
  rate_meter meter;
  CHECK(meter.per_second() == 0);
  meter.sample(1000);
  CHECK(meter.per_second() == 0);
  meter.sample(1030);
  CHECK(meter.per_second() == 30);
}

TEST_CASE("a rate is the mean of the last ten seconds") {
  rate_meter meter;
  uint64_t total = 0;
  for (int second = 0; second < 50; ++second)
    meter.sample(total += 100);
  CHECK(meter.per_second() == 100);
  for (int second = 0; second < 5; ++second)
    meter.sample(total);
  CHECK(meter.per_second() == 50);
  for (int second = 0; second < 5; ++second)
    meter.sample(total);
  CHECK(meter.per_second() == 0);
}

} // namespace parley::server
