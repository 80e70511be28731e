#include "cluster/samples.hpp"

#include "parley/cluster/replication_wire.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace parley;
using namespace parley::cluster;
using namespace parley::model::replication;

namespace {

std::string encoded(const message& x) {
  std::string all;
  encode(x, [&all](std::string_view piece) { all += piece; });
  return all;
}

/// The message at the front, which must be of a kind that is known.
std::optional<message> decoded(std::string_view& from) {
  std::vector<message> all;
  if (!decode(from, all) || all.size() != 1)
    return std::nullopt;
  return std::move(all.front());
}

/// As `encode` writes it, for small ones.
std::string sized(const std::string& body) {
  REQUIRE(body.size() < 0x80);
  return static_cast<char>(body.size()) + body;
}

} // namespace

TEST_CASE("each kind of message comes back as it was") {
  for (const auto& x : test::sample_messages()) {
    CAPTURE(x.index());
    const auto bytes = encoded(x);
    CHECK(bytes.size() == wire_size(x));
    std::string_view left = bytes;
    const auto back = decoded(left);
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
    const auto back = decoded(left);
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
      CHECK(!decoded(left));
    }
  }
}

TEST_CASE("a count or a length beyond the message is refused") {
  auto bytes = encoded(test::append_of(0, 0)).substr(1);
  bytes.pop_back(); // the count of entries
  const std::string huge = "\xff\xff\xff\xff\x7f";
  const auto with_count = sized(bytes + huge);
  std::string_view left = with_count;
  CHECK(!decoded(left));
  const auto with_length = sized(bytes + std::string{"\1\0\0\1abcd", 8} + huge);
  left = with_length;
  CHECK(!decoded(left));
  left = huge;
  CHECK(!decoded(left));
}

TEST_CASE("what a later version adds to a message is skipped") {
  for (const auto& x : test::sample_messages()) {
    CAPTURE(x.index());
    std::vector<message> all;
    const auto bytes = encoded(x);
    std::string_view left = bytes;
    REQUIRE(decode(left, all));
    auto body = bytes.substr(bytes.size() < 0x81 ? 1 : 2);
    if (body.size() > 0x70)
      continue; // `sized` is for small ones.
    const auto more = sized(body + "more");
    left = more;
    const auto back = decoded(left);
    REQUIRE(back);
    CHECK(left.empty());
    CHECK(test::same(*back, x));
  }
}

TEST_CASE("a message of a kind that came later is skipped") {
  const auto next = encoded(test::append_of(1, 10));
  const auto bytes = sized("\x63 whatever it says") + next;
  std::string_view left = bytes;
  std::vector<message> all;
  CHECK(decode(left, all));
  CHECK(all.empty());
  CHECK(left == next);
  CHECK(decode(left, all));
  CHECK(all.size() == 1);
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
    const auto back = decoded(left);
    CHECK(left.size() <= bytes.size());
    still_read += back ? 1 : 0;
  }
  CHECK(still_read > 0);
  CHECK(still_read < 20'000);
}
