#include "history/rows.hpp"
#include "history/temp_dir.hpp"

#include "parley/history/keys.hpp"
#include "parley/history/open.hpp"

#include <cstring>
#include <filesystem>
#include <random>

using namespace parley;
using namespace parley::history;

namespace {

constexpr family moved[] = {family::messages, family::inbox, family::state};
constexpr uint16_t here = 258; ///< Both bytes of its number count.
constexpr uint16_t before = here - 1;
constexpr uint16_t after = here + 1;

/// Two stores of one kind, the first with rows of three partitions.
struct two_stores {
  two_stores() {
    SUBCASE("in memory") {
      from = make_memory_store();
      to = make_memory_store();
    }
    SUBCASE("in RocksDB") {
      from = open();
      to = open();
    }
    REQUIRE(from != nullptr);
    for (auto partition : {before, here, after})
      fill(*from, partition, "from");
  }

  std::unique_ptr<replica_store> open() {
    auto path = dir.store() + std::to_string(++count);
    auto opened = open_rocks({.path = path});
    REQUIRE(opened.has_value());
    return std::move(*opened);
  }

  static void fill(store& in, uint16_t partition, const std::string& value) {
    write_batch(in, [&](batch& x) {
      for (auto each : moved)
        for (int i = 0; i < 50; ++i)
          x.put(each, partition_prefix(partition) + "key" + std::to_string(i),
                value + std::string(200, 'x'));
      x.put(family::log, log_marks_key(partition), value);
      x.put(family::log, log_key(partition, 9), value);
    });
  }

  static std::vector<stored_row> rows(const store& in, family of,
                                      uint16_t partition) {
    auto prefix = partition_prefix(partition);
    return rows_of(in, of, prefix, prefix_end(prefix));
  }

  void copy(size_t bytes) {
    auto view = from->snapshot(here);
    auto import = to->begin_import(here);
    REQUIRE(import.has_value());
    for (;;) {
      auto next = view->next(bytes);
      REQUIRE(next.has_value());
      if (next->empty())
        break;
      REQUIRE((*import)->add(*next).has_value());
    }
    batch marks;
    marks.put(family::log, log_marks_key(here), "copied");
    REQUIRE(to->replace(std::move(*import), marks).has_value());
  }

  temp_dir dir;
  int count = 0;
  std::unique_ptr<replica_store> from;
  std::unique_ptr<replica_store> to;
};

} // namespace

TEST_CASE("a partition is copied in parts into the place of what was there") {
  two_stores two;
  for (auto partition : {before, here, after})
    two.fill(*two.to, partition, "to");
  write_batch(*two.to, [](batch& x) {
    x.put(family::state, partition_prefix(here) + "only here", "1");
  });
  two.copy(1'000);
  for (auto in : moved) {
    CHECK(two.rows(*two.to, in, here) == two.rows(*two.from, in, here));
    CHECK(two.rows(*two.to, in, before).front().second.starts_with("to"));
    CHECK(two.rows(*two.to, in, after).size() == 50);
  }
  CHECK(two.rows(*two.to, family::log, here)
        == std::vector<stored_row>{{log_marks_key(here), "copied"}});
  CHECK(two.rows(*two.to, family::log, after).size() == 2);
}

TEST_CASE("a partition of several files takes the place of all that was there, "
          "of what lies between the files, too") {
  two_stores two;
  // Nothing that compression makes small.
  constexpr int count = 150;
  std::mt19937_64 random{1};
  auto noise = [&] {
    std::string value(1 << 20, ' ');
    for (size_t at = 0; at + 8 <= value.size(); at += 8) {
      auto bytes = random();
      std::memcpy(value.data() + at, &bytes, sizeof bytes);
    }
    return value;
  };
  auto key = [](int number, char last) {
    return partition_prefix(here) + "row" + std::to_string(1'000 + number)
           + last;
  };
  for (int i = 0; i < count; ++i) {
    write_batch(*two.from,
                [&](batch& x) { x.put(family::state, key(i, 'a'), noise()); });
    write_batch(*two.to, [&](batch& x) {
      x.put(family::state, key(i, 'a'), "old");
      x.put(family::state, key(i, 'b'), "old");
    });
  }
  two.copy(1 << 20);
  CHECK(two.rows(*two.to, family::state, here)
        == two.rows(*two.from, family::state, here));
}

TEST_CASE("what is written later stands above what was copied") {
  two_stores two;
  two.copy(1 << 20);
  auto key = partition_prefix(here) + "key7";
  write_batch(*two.to, [&](batch& x) {
    x.put(family::state, key, "newer");
    x.erase(family::inbox, key);
  });
  CHECK(value_of(*two.to, family::state, key) == "newer");
  CHECK(value_of(*two.to, family::inbox, key) == std::nullopt);
  CHECK(value_of(*two.to, family::messages, key) != std::nullopt);
}

TEST_CASE("a view shows the partition as it was when it was made") {
  two_stores two;
  auto view = two.from->snapshot(here);
  write_batch(*two.from, [](batch& x) {
    x.put(family::state, partition_prefix(here) + "later", "1");
    x.erase(family::state, partition_prefix(here) + "key1");
  });
  size_t count = 0;
  for (;;) {
    auto next = view->next(500);
    REQUIRE(next.has_value());
    if (next->empty())
      break;
    next->for_each(
        [&](batch::op, family, std::string_view key, std::string_view) {
          ++count;
          CHECK(key.find("later") == std::string_view::npos);
        });
  }
  CHECK(count == 150);
}

TEST_CASE("an empty import erases the partition, and no other") {
  two_stores two;
  auto import = two.from->begin_import(here);
  REQUIRE(import.has_value());
  REQUIRE(two.from->replace(std::move(*import), {}).has_value());
  for (auto in : {family::messages, family::inbox, family::state, family::log})
    CHECK(two.rows(*two.from, in, here).empty());
  CHECK(two.rows(*two.from, family::state, before).size() == 50);
  CHECK(two.rows(*two.from, family::state, after).size() == 50);
}

TEST_CASE("an import that is given up leaves nothing") {
  two_stores two;
  {
    auto import = two.to->begin_import(here);
    REQUIRE(import.has_value());
    batch rows;
    rows.put(family::state, partition_prefix(here) + "key", "value");
    REQUIRE((*import)->add(rows).has_value());
  }
  CHECK(two.rows(*two.to, family::state, here).empty());
  auto again = two.to->begin_import(here);
  CHECK(again.has_value());
}

TEST_CASE("an import takes rows of its partition only, in order") {
  two_stores two;
  auto refuses = [&](auto&& fill) {
    auto import = two.to->begin_import(here);
    REQUIRE(import.has_value());
    batch rows;
    fill(rows);
    return !(*import)->add(rows).has_value();
  };
  CHECK(refuses([](batch& x) {
    x.put(family::state, partition_prefix(after) + "key", "value");
  }));
  CHECK(refuses([](batch& x) {
    x.put(family::state, partition_prefix(here) + "b", "value");
    x.put(family::state, partition_prefix(here) + "a", "value");
  }));
  CHECK(refuses(
      [](batch& x) { x.erase(family::state, partition_prefix(here) + "a"); }));
}

TEST_CASE("what was written behind is there, and durable with the next write") {
  two_stores two;
  batch behind;
  behind.put(family::state, partition_prefix(here) + "behind", "1");
  REQUIRE(two.to->write_behind({behind}).has_value());
  CHECK(value_of(*two.to, family::state, partition_prefix(here) + "behind")
        == "1");
}
