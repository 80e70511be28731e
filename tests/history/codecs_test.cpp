#include "history/entry_head.hpp"
#include "history/samples.hpp"

#include "parley/history/codecs.hpp"

#include <doctest/doctest.h>

#include <type_traits>

using namespace parley;
using namespace parley::history;

#define ALL_RECORDS                                                            \
  meta_record, account_record, conversation_record, cursors_record,            \
      dedupe_record, outbox_record, skipped_record, inbox_record, list_record, \
      device_record, block_record, login_record, presence_record, inbox_chunk, \
      entry, overlay, subscription_record, push_record, push_mark_record,      \
      quiet_record

namespace {

template <class Record>
Record sample(uint64_t seed) {
  Record x;
  sampler{seed}.fill(x);
  return x;
}

template <class Record>
bool decodes(std::string_view bytes) {
  Record x;
  return decode(bytes, x);
}

} // namespace

TEST_CASE_TEMPLATE("a record is read back as it was written", Record,
                   ALL_RECORDS) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    auto written = sample<Record>(seed);
    auto read = sample<Record>(seed + 1); // What it held before must not stay.
    REQUIRE(decode(encode(written), read));
    CHECK(read == written);
  }
  Record read;
  REQUIRE(decode(encode(Record{}), read));
  CHECK(read == Record{});
}

TEST_CASE_TEMPLATE("a record that was cut or has too much is refused", Record,
                   ALL_RECORDS) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    auto bytes = encode(sample<Record>(seed));
    for (size_t size = 0; size < bytes.size(); ++size)
      REQUIRE_FALSE(decodes<Record>(std::string_view{bytes}.substr(0, size)));
    CHECK_FALSE(decodes<Record>(bytes + '\0'));
  }
}

TEST_CASE_TEMPLATE("a record of any other version is refused", Record,
                   ALL_RECORDS) {
  auto bytes = encode(sample<Record>(7));
  if (std::is_same_v<Record, device_record>)
    bytes = encode(device_record{"tv", 1, 2});
  CHECK(bytes.front() == 1);
  for (int version = 0; version < 256; ++version) {
    bytes.front() = static_cast<char>(version);
    CAPTURE(version);
    CHECK(decodes<Record>(bytes) == (version == 1));
  }
}

TEST_CASE("a device is of version 2 if it has a name, else of version 1") {
  device_record x{"tv", 1, 2, "Television"};
  auto bytes = encode(x);
  for (int version = 0; version < 256; ++version) {
    bytes.front() = static_cast<char>(version);
    CAPTURE(version);
    CHECK(decodes<device_record>(bytes) == (version == 2));
  }
  x.name.clear();
  bytes = encode(x);
  CHECK(bytes.front() == 1);
  bytes.front() = 2;
  CHECK_FALSE(decodes<device_record>(bytes));
  CHECK_FALSE(decodes<device_record>(bytes + '\0'));
}

TEST_CASE_TEMPLATE("nothing is read that was not written so", Record,
                   ALL_RECORDS) {
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    CAPTURE(seed);
    auto random = sampler{seed};
    auto bytes = encode(sample<Record>(random.below(50)));
    for (auto changes = 1 + random.below(3); changes > 0; --changes) {
      auto at = random.below(bytes.size());
      switch (random.below(3)) {
        case 0:
          bytes[at] = static_cast<char>(random.number());
          break;
        case 1:
          bytes.insert(at, 1, static_cast<char>(random.number()));
          break;
        default:
          bytes.erase(at, 1);
          bytes += '\0';
      }
    }
    Record read;
    if (decode(bytes, read))
      CHECK(encode(read) == bytes);
  }
}

TEST_CASE("bytes of no record at all are refused") {
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    CAPTURE(seed);
    auto bytes = sampler{seed}.text(200);
    bytes.insert(0, 1, '\1');
    entry x;
    if (decode(bytes, x))
      CHECK(encode(x) == bytes);
    inbox_chunk chunk;
    if (decode(bytes, chunk))
      CHECK(encode(chunk) == bytes);
  }
}

TEST_CASE("a damaged count of elements allocates nothing") {
  auto huge = std::string{"\1\0\xff\xff\xff\xff\xff\xff\xff\x7f", 10};
  CHECK_FALSE(decodes<inbox_chunk>(huge));
  CHECK_FALSE(decodes<cursors_record>("\1\xff\xff\xff\xff\xff\xff\xff\x7f"));
}

TEST_CASE("a body that is gone leaves no byte of itself") {
  for (auto kind : {entry_kind::msg, entry_kind::edited}) {
    entry x;
    x.kind = kind;
    x.body = "secret";
    x.gone = true;
    auto bytes = encode(x);
    CHECK(bytes.find("secret") == std::string::npos);
    entry read;
    REQUIRE(decode(bytes, read));
    CHECK(read.gone);
    CHECK(read.body == "");
  }
}

TEST_CASE("the head of an entry is read without the rest") {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    auto x = sample<entry>(seed);
    auto bytes = encode(x);
    entry_head head;
    REQUIRE(decode_head(bytes, head));
    CHECK(head.kind == x.kind);
    CHECK(head.from == x.from);
    CHECK(head.seq == x.seq);
    CHECK(head.ts == x.ts);
    CHECK_FALSE(decode_head(bytes.substr(0, 1 + x.from.size()), head));
  }
  entry_head head;
  CHECK_FALSE(decode_head("", head));
  CHECK_FALSE(decode_head("\2\1\0\1\1", head));
}

TEST_CASE("I8: a row of an inbox takes little more than thirty bytes") {
  inbox_chunk x;
  x.ordinal = 100'000;
  for (uint64_t i = 0; i < 10; ++i) {
    inbox_entry e;
    e.useq = 200'000 + i;
    e.conv.bytes.fill(7);
    e.seq = 300'000 + i;
    e.ts = 1'700'000'000'000 + static_cast<timestamp>(i) * 1000;
    x.entries.push_back(e);
  }
  auto ten = encode(x).size();
  x.entries.resize(1);
  CHECK(encode(x).size() <= 36);
  CHECK(ten <= 36 + 9 * 8);
}
