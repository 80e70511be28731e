#include "history/hex.hpp"
#include "history/key_parts.hpp"

#include "parley/history/keys.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace parley;
using namespace parley::history;
using parley::test::hex;

namespace {

place at(uint16_t partition, uint8_t byte) {
  place result;
  result.partition = partition;
  result.key.bytes.fill(byte);
  return result;
}

constexpr uint64_t numbers[] = {0,          1,
                                2,          127,
                                128,        255,
                                256,        65'535,
                                65'536,     (1ull << 32) - 1,
                                1ull << 32, (1ull << 63) - 1,
                                1ull << 63, UINT64_MAX - 1,
                                UINT64_MAX};

} // namespace

TEST_CASE("the order of keys is the order of their numbers") {
  auto conv = at(7, 0xab);
  for (auto a : numbers)
    for (auto b : numbers) {
      CAPTURE(a);
      CAPTURE(b);
      CHECK((entry_key(conv, a) < entry_key(conv, b)) == (a < b));
      CHECK((overlay_key(conv, a) < overlay_key(conv, b)) == (a < b));
      CHECK((inbox_key(conv, a) < inbox_key(conv, b)) == (a < b));
      CHECK((entry_key(conv, a) < overlay_key(conv, b)) == (a <= b));
    }
}

TEST_CASE("a partition is one range, and so is a conversation in it") {
  auto seed = 11u;
  CAPTURE(seed);
  auto random = std::mt19937{seed};
  for (int i = 0; i < 1000; ++i) {
    auto one =
        at(static_cast<uint16_t>(random()), static_cast<uint8_t>(random()));
    auto other =
        at(static_cast<uint16_t>(random() % 2 ? random() : one.partition),
           static_cast<uint8_t>(random()));
    if (!(one < other))
      continue;
    CHECK(overlay_key(one, UINT64_MAX) < entry_key(other, 0));
    CHECK(inbox_key(one, UINT64_MAX) < inbox_key(other, 0));
    if (one.partition < other.partition)
      CHECK(state_key(record::presence, one)
            < state_prefix(record::account, other.partition));
  }
}

TEST_CASE("the bytes of keys are as they always were") {
  auto x = at(0x0102, 0xee);
  auto hash = std::string(32, 'e');
  CHECK(hex(entry_key(x, 0x0a0b)) == "0102" + hash + "0000000000000a0b00");
  CHECK(hex(overlay_key(x, 0x0a0b)) == "0102" + hash + "0000000000000a0b01");
  CHECK(hex(inbox_key(x, 0x0a0b)) == "0102" + hash + "0000000000000a0b");
  CHECK(hex(account_key(0x0102, "bob")) == "010275626f62");
  CHECK(hex(meta_key()) == "ff");
  CHECK(hex(first_meta_key()) == "00006d");
  CHECK(hex(state_prefix(record::outbox, 0x0102)) == "01026f");
  CHECK(hex(state_key(record::device, x, "tv")) == "010276" + hash + "7476");
  auto kinds = std::string{};
  for (auto kind :
       {record::meta, record::account, record::conversation, record::cursors,
        record::dedupe, record::outbox, record::inbox, record::list,
        record::device, record::block, record::login, record::presence})
    kinds += state_key(kind, x)[2];
  CHECK(kinds == "mucrdoilvbtp");
}

TEST_CASE("the end of a prefix is above all keys with it and nothing else") {
  CHECK(prefix_end("a") == "b");
  CHECK(prefix_end("ab") == "ac");
  CHECK(prefix_end("a\xff") == "b");
  CHECK(prefix_end("a\xff\xff") == "b");
  CHECK(prefix_end(state_prefix(record::login, 5))
        == state_prefix(static_cast<record>('u'), 5));
  auto last = at(0xffff, 0xff);
  CHECK(prefix_end("\xff\xff") > overlay_key(last, UINT64_MAX));
  CHECK(prefix_end("\xff\xff") > state_key(record::presence, last));
}

TEST_CASE("a key of a message or a chunk gives its number back") {
  auto x = at(3, 9);
  for (auto number : numbers) {
    uint64_t read = 0;
    row_part part{};
    REQUIRE(parse_message_key(entry_key(x, number), read, part));
    CHECK(read == number);
    CHECK(part == row_part::entry);
    REQUIRE(parse_message_key(overlay_key(x, number), read, part));
    CHECK(read == number);
    CHECK(part == row_part::overlay);
    REQUIRE(parse_inbox_key(inbox_key(x, number), read));
    CHECK(read == number);
  }
}

TEST_CASE("what is no such key is refused") {
  auto x = at(3, 9);
  uint64_t number = 0;
  row_part part{};
  auto key = entry_key(x, 1);
  CHECK_FALSE(parse_message_key(key + "0", number, part));
  CHECK_FALSE(parse_message_key(inbox_key(x, 1), number, part));
  key.back() = '\2';
  CHECK_FALSE(parse_message_key(key, number, part));
  CHECK_FALSE(parse_message_key("", number, part));
  CHECK_FALSE(parse_inbox_key(entry_key(x, 1), number));
  CHECK_FALSE(parse_inbox_key("", number));
}
