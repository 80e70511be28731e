#include "parley/history/codecs.hpp"
#include "parley/history/keys.hpp"
#include "parley/history/open.hpp"
#include "parley/server/recovery.hpp"

#include <doctest/doctest.h>

#include <set>

namespace parley::server {

namespace {

constexpr uint32_t partitions = 8;

void put_open(history::store& in, const std::string& conv, uint64_t delivered) {
  history::batch row;
  auto where = place_of(conv, partitions);
  row.put(history::family::state,
          history::state_key(history::record::outbox, where),
          history::encode(history::outbox_record{conv, delivered}));
  REQUIRE(in.write({row}).has_value());
}

void put_entries(history::store& in, const std::string& conv, uint64_t count) {
  history::batch rows;
  for (uint64_t seq = 1; seq <= count; ++seq) {
    entry x;
    x.seq = seq;
    x.ts = 1;
    x.from = "al";
    x.cid = std::to_string(seq);
    x.body = "hello";
    rows.put(history::family::messages,
             history::entry_key(place_of(conv, partitions), seq),
             history::encode(x));
  }
  REQUIRE(in.write({rows}).has_value());
}

} // namespace

TEST_CASE("I4: every conversation with undelivered entries is woken once") {
  auto store = history::make_memory_store();
  std::multiset<std::string> open;
  for (int i = 0; i < 40; ++i) {
    auto conv = "dm:al:u" + std::to_string(i);
    put_entries(*store, conv, 3);
    if (i % 2 == 0) {
      put_open(*store, conv, 1);
      open.insert(conv);
    }
  }
  std::multiset<std::string> woken;
  auto found = find_open_work(
      *store, partitions, [&](const std::string& conv) { woken.insert(conv); });
  REQUIRE(found.has_value());
  CHECK(woken == open);
  CHECK(found->conversations == 20);
  CHECK(found->entries == 40);
}

TEST_CASE("a store without open work wakes nobody") {
  auto store = history::make_memory_store();
  put_entries(*store, "dm:al:bo", 5);
  auto found = find_open_work(*store, partitions,
                              [](const std::string&) { FAIL("woken"); });
  REQUIRE(found.has_value());
  CHECK(found->conversations == 0);
  CHECK(found->entries == 0);
}

TEST_CASE("I9: a damaged outbox row refuses the start") {
  auto store = history::make_memory_store();
  history::batch row;
  auto where = place_of("dm:al:bo", partitions);
  row.put(history::family::state,
          history::state_key(history::record::outbox, where), "?");
  REQUIRE(store->write({row}).has_value());
  auto found = find_open_work(*store, partitions, [](const std::string&) {});
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().code == errc::internal);
}

} // namespace parley::server
