#include "histogram.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using parley::bench::histogram;
using std::chrono::nanoseconds;

TEST_CASE("a histogram of nothing has percentiles of zero") {
  histogram h;
  CHECK(h.count() == 0);
  CHECK(h.percentile(0.5) == nanoseconds{0});
  CHECK(h.percentile(1) == nanoseconds{0});
}

TEST_CASE("small values are exact") {
  histogram h;
  for (int i = 1; i <= 100; ++i)
    h.add(nanoseconds{i});
  CHECK(h.count() == 100);
  CHECK(h.percentile(0.5) == nanoseconds{50});
  CHECK(h.percentile(0.99) == nanoseconds{99});
  CHECK(h.percentile(0.991) == nanoseconds{100});
  CHECK(h.percentile(1) == nanoseconds{100});
  CHECK(h.percentile(0.0001) == nanoseconds{1});
}

TEST_CASE("every single value is found again to 1 part in 64") {
  // The edges of all buckets' sizes, up to the largest duration.
  for (unsigned bit = 0; bit < 63; ++bit)
    for (int64_t offset : {-1, 0, 1}) {
      auto value = (int64_t{1} << bit) + offset;
      CAPTURE(value);
      histogram h;
      h.add(nanoseconds{value});
      auto found = h.percentile(0.5).count();
      CHECK(std::abs(found - value) <= value / 64);
    }
  histogram h;
  h.add(nanoseconds::max());
  CHECK(h.percentile(1) > nanoseconds::max() / 64 * 63);
}

TEST_CASE("percentiles agree with those of the sorted values") {
  std::mt19937_64 random{7};
  std::lognormal_distribution<double> latency{14, 2};
  histogram h;
  std::vector<int64_t> values;
  for (int i = 0; i < 100'000; ++i) {
    values.push_back(static_cast<int64_t>(latency(random)));
    h.add(nanoseconds{values.back()});
  }
  std::ranges::sort(values);
  for (double share : {0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    CAPTURE(share);
    auto rank = static_cast<size_t>(
        std::ceil(share * static_cast<double>(values.size())));
    auto exact = values[rank - 1];
    CHECK(std::abs(h.percentile(share).count() - exact) <= exact / 64);
  }
}

TEST_CASE("a negative duration counts as zero") {
  histogram h;
  h.add(nanoseconds{-5});
  CHECK(h.count() == 1);
  CHECK(h.percentile(1) == nanoseconds{0});
}

TEST_CASE("a reset forgets everything") {
  histogram h;
  h.add(nanoseconds{5'000'000});
  h.reset();
  CHECK(h.count() == 0);
  h.add(nanoseconds{3});
  CHECK(h.percentile(1) == nanoseconds{3});
}
