#include "cluster/samples.hpp"

#include "parley/cluster/replication_wire.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace parley;
using namespace parley::cluster;
using namespace parley::model::replication;

namespace {

std::string encoded(const message& x) {
  std::string all;
  encode(x, [&all](std::string_view piece) { all += piece; });
  return all;
}

} // namespace

TEST_CASE("each kind of message comes back as it was") {
  for (const auto& x : test::sample_messages()) {
    CAPTURE(x.index());
    const auto bytes = encoded(x);
    CHECK(bytes.size() == wire_size(x));
    std::string_view left = bytes;
    const auto back = decode(left);
    REQUIRE(back);
    CHECK(left.empty());
    CHECK(test::same(*back, x));
  }
}

TEST_CASE("messages that follow each other are read one by one") {
  std::string bytes;
  const auto all = test::sample_messages();
  for (const auto& x : all)
    bytes += encoded(x);
  std::string_view left = bytes;
  for (const auto& x : all) {
    const auto back = decode(left);
    REQUIRE(back);
    CHECK(test::same(*back, x));
  }
  CHECK(left.empty());
}

TEST_CASE("a payload is given as it lies in memory, not copied before") {
  const auto x = test::append_of(3, 1'000);
  const auto& payload = std::get<append>(x).entries[1].payload;
  bool seen = false;
  encode(x, [&](std::string_view piece) {
    seen = seen || piece.data() == payload.view().data();
  });
  CHECK(seen);
}

TEST_CASE("an entry costs few bytes beside its payload") {
  const auto overhead = wire_size(test::append_of(64, 100))
                        - wire_size(test::append_of(0, 0)) - 64 * 100;
  CHECK(overhead <= 64 * 9);
}

TEST_CASE("a message that was cut short is none") {
  for (const auto& x : test::sample_messages()) {
    const auto bytes = encoded(x);
    for (size_t size = 0; size < bytes.size(); ++size) {
      CAPTURE(size);
      std::string_view left{bytes.data(), size};
      CHECK(!decode(left));
    }
  }
}

TEST_CASE("a count or a length beyond the message is refused") {
  auto bytes = encoded(test::append_of(0, 0));
  bytes.pop_back(); // the count of entries
  const std::string huge = "\xff\xff\xff\xff\x7f";
  std::string with_count = bytes + huge;
  std::string_view left = with_count;
  CHECK(!decode(left));
  std::string with_length = bytes + std::string{"\1\0\0\1abcd", 8} + huge;
  left = with_length;
  CHECK(!decode(left));
}

TEST_CASE("bytes that were changed at random do no harm") {
  constexpr unsigned seed = 20'240;
  CAPTURE(seed);
  std::mt19937 random{seed};
  const auto all = test::sample_messages();
  size_t still_read = 0;
  for (auto round = 0; round < 20'000; ++round) {
    auto bytes = encoded(all[random() % all.size()]);
    for (auto changes = 1 + random() % 3; changes > 0; --changes)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    std::string_view left = bytes;
    const auto back = decode(left);
    CHECK(left.size() <= bytes.size());
    still_read += back ? 1 : 0;
  }
  CHECK(still_read > 0);
  CHECK(still_read < 20'000);
}
