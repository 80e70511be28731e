#include "parley/history/batch.hpp"

#include <doctest/doctest.h>

#include <tuple>
#include <vector>

using namespace parley::history;

namespace {

using op = batch::op;
using visited = std::tuple<op, family, std::string, std::string>;

/// What `for_each` gives, and whether it found the batch sound.
std::pair<std::vector<visited>, bool> rows_of(const batch& x) {
  std::vector<visited> rows;
  auto sound = x.for_each(
      [&](op what, family in, std::string_view key, std::string_view value) {
        rows.emplace_back(what, in, key, value);
      });
  return {rows, sound};
}

batch example() {
  batch x;
  x.put(family::messages, "key", "value");
  x.erase(family::inbox, "other");
  x.erase_range(family::state, "from", "to");
  x.put(family::log, std::string(300, 'k'), std::string(70'000, 'v'));
  x.put(family::state, "", "");
  return x;
}

} // namespace

TEST_CASE("a batch gives its rows in the order they were put") {
  CHECK(rows_of(example())
        == std::pair{
            std::vector<visited>{{op::put, family::messages, "key", "value"},
                                 {op::erase, family::inbox, "other", ""},
                                 {op::erase_range, family::state, "from", "to"},
                                 {op::put, family::log, std::string(300, 'k'),
                                  std::string(70'000, 'v')},
                                 {op::put, family::state, "", ""}},
            true});
}

TEST_CASE("an empty batch has no rows") {
  batch x;
  CHECK(x.empty());
  CHECK(x.bytes() == 0);
  CHECK(rows_of(x) == std::pair{std::vector<visited>{}, true});
  CHECK_FALSE(example().empty());
}

TEST_CASE("a batch travels as its bytes") {
  auto sent = example();
  auto received = batch::decoded(sent.encoded());
  CHECK(rows_of(received) == rows_of(sent));
  CHECK(received.bytes() == sent.bytes());
}

TEST_CASE("a batch appended to another comes after it") {
  batch x;
  x.put(family::state, "a", "1");
  batch y;
  y.put(family::state, "a", "2");
  x.append(y);
  CHECK(rows_of(x).first
        == std::vector<visited>{{op::put, family::state, "a", "1"},
                                {op::put, family::state, "a", "2"}});
}

TEST_CASE("the bytes of a batch are as they always were") {
  using namespace std::string_literals;
  batch x;
  x.put(family::inbox, "k", "vw");
  x.erase(family::state, "k");
  x.erase_range(family::log, "a", "b");
  CHECK(x.encoded()
        == "\x01\x01k\x02vw\x12\x01k\x23\x01"
           "a\x01"
           "b"s);
}

TEST_CASE("a batch cut anywhere inside a row is found damaged") {
  auto bytes = example().encoded();
  size_t whole = 0;
  for (size_t size = 0; size < 400; ++size)
    whole += rows_of(batch::decoded(bytes.substr(0, size))).second ? 1 : 0;
  // Only at the ends of rows: before the first, and after three short ones.
  CHECK(whole == 4);
}

TEST_CASE("an unknown operation or family is found damaged") {
  for (unsigned head = 0; head < 256; ++head) {
    auto known = (head >> 4) <= 2 && (head & 15) <= 3;
    auto bytes = std::string{static_cast<char>(head)} + '\1' + 'k';
    if (head >> 4 != 1)
      bytes += std::string{'\1'} + 'v';
    CAPTURE(head);
    CHECK(rows_of(batch::decoded(bytes)).second == known);
  }
}

TEST_CASE("a length beyond the end or in a longer form is found damaged") {
  using namespace std::string_literals;
  for (auto bytes :
       {"\x00\x7fk\x01v"s, "\x00\x81\x00k\x01v"s,
        "\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01k"s,
        "\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02k"s, "\x00\x01k\x80"s})
    CHECK_FALSE(rows_of(batch::decoded(bytes)).second);
}
