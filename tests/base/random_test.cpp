#include "parley/base/names.hpp"
#include "parley/base/random.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <set>
#include <string>

using namespace parley;

namespace {

class constant_random final : public random_source {
public:
  explicit constant_random(int byte) : byte_(byte) {}
  void fill(void* to, size_t bytes) noexcept override {
    std::memset(to, byte_, bytes);
  }

private:
  int byte_;
};

} // namespace

TEST_CASE("a ULID is its time and then its random part, in base 32") {
  constant_random zeros{0};
  constant_random ones{0xff};
  CHECK(make_ulid(0, zeros) == "00000000000000000000000000");
  // The example of the ULID specification.
  CHECK(make_ulid(1'469'918'176'385, zeros).substr(0, 10) == "01ARYZ6S41");
  CHECK(make_ulid((int64_t{1} << 48) - 1, ones)
        == "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
  CHECK(make_ulid(0, ones) == "0000000000ZZZZZZZZZZZZZZZZ");
}

TEST_CASE("a ULID names a group") {
  for (int i = 0; i < 100; ++i)
    CHECK(valid_group("g:" + make_ulid(1'700'000'000'000, system_random())));
}

TEST_CASE("later ULIDs sort behind earlier ones") {
  auto& random = system_random();
  std::string last;
  for (timestamp now = 1'700'000'000'000; now < 1'700'000'000'100; ++now) {
    auto next = make_ulid(now, random);
    CHECK(last < next);
    last = next;
  }
}

TEST_CASE("ULIDs of one millisecond differ") {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i)
    seen.insert(make_ulid(1'700'000'000'000, system_random()));
  CHECK(seen.size() == 1000);
}

TEST_CASE("a secret is base64url without padding") {
  constant_random zeros{0};
  constant_random ones{0xff};
  CHECK(make_secret(1, zeros) == "AA");
  CHECK(make_secret(3, ones) == "____");
  CHECK(make_secret(32, zeros) == std::string(43, 'A'));
  constant_random high{0xfb};
  CHECK(make_secret(2, high) == "-_s");
}

TEST_CASE("secrets of the system differ and are valid device names") {
  auto one = make_secret(32, system_random());
  auto other = make_secret(32, system_random());
  CHECK(one.size() == 43);
  CHECK(one != other);
  CHECK(valid_device(one));
}
