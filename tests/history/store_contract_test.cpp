#include "history/rows.hpp"
#include "history/temp_dir.hpp"

#include "parley/history/keys.hpp"
#include "parley/history/open.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <thread>

using namespace parley;
using namespace parley::history;

namespace {

/// Runs the rest of a test case against each store.
struct any_store {
  any_store() {
    SUBCASE("in memory") {
      rows = make_memory_store();
    }
    SUBCASE("in RocksDB") {
      auto opened = open_rocks({.path = dir.store()});
      REQUIRE(opened.has_value());
      rows = std::move(*opened);
    }
    REQUIRE(rows != nullptr);
  }

  temp_dir dir;
  std::unique_ptr<store> rows;
};

constexpr family families[] = {family::messages, family::inbox, family::state,
                               family::log};

} // namespace

TEST_CASE("a row is read as it was written, in its family only") {
  auto any = any_store{};
  auto& rows = *any.rows;
  for (auto in : families)
    write_batch(rows, [in](batch& x) {
      x.put(in, "key", "of " + std::to_string(static_cast<int>(in)));
    });
  for (auto in : families) {
    auto expected = "of " + std::to_string(static_cast<int>(in));
    CHECK(value_of(rows, in, "key") == expected);
    CHECK(value_of(rows, in, "key", reach::memory) == expected);
    CHECK(value_of(rows, in, "ke") == std::nullopt);
    CHECK(value_of(rows, in, "key1") == std::nullopt);
    CHECK(value_of(rows, in, "absent", reach::memory) == std::nullopt);
    CHECK(rows_of(rows, in, "a", "z")
          == std::vector<stored_row>{{"key", expected}});
  }
}

TEST_CASE("keys and values are any bytes, of any length") {
  auto any = any_store{};
  auto& rows = *any.rows;
  using namespace std::string_literals;
  auto key = "a\0b\xff\x80"s;
  auto large = std::string(1 << 20, '\0') + "end";
  write_batch(rows, [&](batch& x) {
    x.put(family::messages, key, large);
    x.put(family::messages, "empty", "");
  });
  CHECK(value_of(rows, family::messages, key) == large);
  CHECK(value_of(rows, family::messages, "empty") == "");
  CHECK(value_of(rows, family::messages, "a") == std::nullopt);
}

TEST_CASE("a scan gives the rows of its range in byte order, or in reverse") {
  auto any = any_store{};
  auto& rows = *any.rows;
  write_batch(rows, [](batch& x) {
    for (auto key : {"c", "a", "\xff", "b", "ba", "d"})
      x.put(family::state, key, std::string{"value of "} + key);
  });
  auto keys = [&](std::string_view from, std::string_view to, bool reverse,
                  size_t max = SIZE_MAX) {
    std::string all;
    for (auto& [key, value] :
         rows_of(rows, family::state, from, to, reverse, max)) {
      CHECK(value == "value of " + key);
      all += key + " ";
    }
    return all;
  };
  CHECK(keys("a", "d", false) == "a b ba c ");
  CHECK(keys("a", "d", true) == "c ba b a ");
  CHECK(keys("aa", "bb", false) == "b ba ");
  CHECK(keys("aa", "bb", true) == "ba b ");
  CHECK(keys("", "\xff\xff", false) == "a b ba c d \xff ");
  CHECK(keys("a", "\xff\xff", true) == "\xff d c ba b a ");
  CHECK(keys("a", "z", false, 2) == "a b ");
  CHECK(keys("a", "z", true, 2) == "d c ");
  CHECK(keys("b", "b", false) == "");
  CHECK(keys("c", "b", false) == "");
  CHECK(keys("c", "b", true) == "");
  CHECK(keys("e", "z", false) == "");
  CHECK(keys("e", "z", true) == "");
}

TEST_CASE("a scan within one conversation or across many misses nothing") {
  auto any = any_store{};
  auto& rows = *any.rows;
  std::vector<place> places;
  for (int i = 0; i < 20; ++i)
    places.push_back(place_of("dm:a:b" + std::to_string(i), 4));
  std::ranges::sort(places);
  write_batch(rows, [&](batch& x) {
    for (auto& each : places)
      for (uint64_t seq = 1; seq <= 9; ++seq)
        for (auto in : {family::messages, family::inbox})
          x.put(in, entry_key(each, seq), std::to_string(seq));
  });
  for (auto in : {family::messages, family::inbox}) {
    for (auto& each : places) {
      auto end = entry_key(each, 7);
      CHECK(rows_of(rows, in, entry_key(each, 3), end).size() == 4);
      CHECK(rows_of(rows, in, entry_key(each, 3), end, true).size() == 4);
      CHECK(rows_of(rows, in, entry_key(each, 3), end, true, 1)
            == std::vector<stored_row>{{entry_key(each, 6), "6"}});
      auto past = entry_key(each, 1000);
      CHECK(rows_of(rows, in, entry_key(each, 0), past).size() == 9);
      CHECK(rows_of(rows, in, entry_key(each, 0), past, true, 1)
            == std::vector<stored_row>{{entry_key(each, 9), "9"}});
    }
    auto first = entry_key(places.front(), 5);
    auto last = entry_key(places.back(), 5);
    CHECK(rows_of(rows, in, first, last).size() == 5 + 18 * 9 + 4);
    CHECK(rows_of(rows, in, first, last, true).size() == 5 + 18 * 9 + 4);
  }
}

TEST_CASE("a visitor may read from the store") {
  auto any = any_store{};
  auto& rows = *any.rows;
  write_batch(rows, [](batch& x) {
    x.put(family::state, "a", "b");
    x.put(family::state, "b", "c");
  });
  std::string seen;
  auto done = rows.scan(family::state, "a", "b", false,
                        [&](std::string_view, std::string_view value) {
                          seen = value_of(rows, family::state, value).value();
                          return true;
                        });
  CHECK(done.has_value());
  CHECK(seen == "c");
}

TEST_CASE("within one write a later row of the same key wins") {
  auto any = any_store{};
  auto& rows = *any.rows;
  write_batch(rows, [](batch& x) {
    x.put(family::state, "kept", "1");
    x.put(family::state, "kept", "2");
    x.put(family::state, "gone", "1");
    x.erase(family::state, "gone");
    x.erase(family::state, "back");
    x.put(family::state, "back", "1");
    x.put(family::log, "ba", "1");
    x.erase_range(family::log, "b", "c");
    x.put(family::log, "bb", "2");
  });
  CHECK(rows_of(rows, family::state, "a", "z")
        == std::vector<stored_row>{{"back", "1"}, {"kept", "2"}});
  CHECK(rows_of(rows, family::log, "a", "z")
        == std::vector<stored_row>{{"bb", "2"}});
  batch first;
  first.put(family::state, "kept", "3");
  batch second;
  second.put(family::state, "kept", "4");
  REQUIRE(rows.write({first, second}).has_value());
  CHECK(value_of(rows, family::state, "kept") == "4");
}

TEST_CASE("a range is erased from its first key up to, not with, its end") {
  auto any = any_store{};
  auto& rows = *any.rows;
  write_batch(rows, [](batch& x) {
    for (auto key : {"a", "b", "bb", "c", "d"}) {
      x.put(family::state, key, key);
      x.put(family::inbox, key, key);
    }
  });
  write_batch(rows, [](batch& x) { x.erase_range(family::state, "b", "c"); });
  CHECK(rows_of(rows, family::state, "a", "z")
        == std::vector<stored_row>{{"a", "a"}, {"c", "c"}, {"d", "d"}});
  CHECK(value_of(rows, family::state, "bb") == std::nullopt);
  CHECK(rows_of(rows, family::inbox, "a", "z").size() == 5);
  write_batch(rows, [](batch& x) {
    x.erase_range(family::state, "c", "c");
    x.erase_range(family::state, "d", "a");
    x.erase_range(family::state, "x", "z");
  });
  CHECK(rows_of(rows, family::state, "a", "z").size() == 3);
}

TEST_CASE("a damaged batch is refused with all that came with it") {
  auto any = any_store{};
  auto& rows = *any.rows;
  batch good;
  good.put(family::state, "good", "1");
  auto bytes = good.encoded();
  auto damaged = batch::decoded(bytes.substr(0, bytes.size() - 1));
  auto done = rows.write({good, damaged});
  REQUIRE(!done.has_value());
  CHECK(done.error().code == errc::internal);
  CHECK(value_of(rows, family::state, "good") == std::nullopt);
}

TEST_CASE("a write of nothing succeeds") {
  auto any = any_store{};
  CHECK(any.rows->write({}).has_value());
  CHECK(any.rows->write({batch{}, batch{}}).has_value());
}

TEST_CASE("a read sees whole batches only, while others are written") {
  auto any = any_store{};
  auto& rows = *any.rows;
  std::atomic<bool> written = false;
  auto writer = std::jthread{[&] {
    for (int i = 0; i < 200; ++i) {
      batch one;
      one.put(family::state, "first", std::to_string(i));
      one.put(family::log, "other", std::to_string(i));
      one.put(family::state, "last", std::to_string(i));
      if (!rows.write({one}).has_value())
        break;
    }
    written = true;
  }};
  bool whole = true;
  while (!written) {
    std::vector<std::string> values;
    auto done = rows.scan(family::state, "a", "z", false,
                          [&](std::string_view, std::string_view value) {
                            values.emplace_back(value);
                            return true;
                          });
    whole =
        whole && done.has_value()
        && (values.empty() || (values.size() == 2 && values[0] == values[1]));
  }
  CHECK(whole);
  CHECK(value_of(rows, family::log, "other") == "199");
}

TEST_CASE("random writes leave what a plain map holds") {
  auto any = any_store{};
  auto& rows = *any.rows;
  constexpr auto seed = 20'240'501u;
  CAPTURE(seed);
  auto random = std::mt19937{seed};
  std::map<std::string, std::string> model;
  for (int round = 0; round < 60; ++round) {
    std::vector<batch> batches(1 + random() % 3);
    for (auto& each : batches)
      for (auto count = random() % 8; count > 0; --count) {
        auto key = std::to_string(random() % 100);
        auto other = std::to_string(random() % 100);
        switch (random() % 8) {
          case 0:
            each.erase(family::state, key);
            model.erase(key);
            break;
          case 1:
            if (key < other) {
              each.erase_range(family::state, key, other);
              model.erase(model.lower_bound(key), model.lower_bound(other));
            }
            break;
          default:
            each.put(family::state, key, other);
            model[key] = other;
        }
      }
    REQUIRE(rows.write(batches).has_value());
    CHECK(rows_of(rows, family::state, "", ":")
          == std::vector<stored_row>{model.begin(), model.end()});
    CHECK(rows_of(rows, family::state, "", ":", true)
          == std::vector<stored_row>{model.rbegin(), model.rend()});
  }
}

TEST_CASE("the sizes of a store are told") {
  auto any = any_store{};
  write_batch(*any.rows, [](batch& x) {
    for (int i = 0; i < 100; ++i)
      x.put(family::state, std::to_string(i), std::string(1000, 'x'));
  });
  auto stats = any.rows->stats();
  CHECK(stats.rows_estimated == 100);
  CHECK(stats.bytes_in_memory > 100'000);
  CHECK(stats.disk_free_bytes > 0);
  CHECK(stats.disk_free_bytes <= stats.disk_total_bytes);
}
