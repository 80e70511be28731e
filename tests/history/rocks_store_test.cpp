#include "history/rows.hpp"
#include "history/temp_dir.hpp"

#include "parley/history/keys.hpp"
#include "parley/history/open.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>

using namespace parley;
using namespace parley::history;
namespace fs = std::filesystem;

namespace {

std::unique_ptr<store> opened(const open_options& options) {
  auto rows = open_rocks(options);
  REQUIRE(rows.has_value());
  return std::move(*rows);
}

/// The files of a store by the end of their names, oldest first.
std::vector<fs::path> files(const std::string& path, std::string_view ending) {
  std::vector<fs::path> found;
  for (auto& each : fs::directory_iterator{path})
    if (each.path().extension() == ending)
      found.push_back(each.path());
  std::ranges::sort(found);
  return found;
}

std::string bytes_of(const fs::path& file) {
  auto in = std::ifstream{file, std::ios::binary};
  return {std::istreambuf_iterator{in}, {}};
}

void set_bytes(const fs::path& file, const std::string& bytes) {
  std::ofstream{file, std::ios::binary | std::ios::trunc} << bytes;
}

constexpr int first_number = 100'000; ///< Keys of one length are in order.

std::string numbered(int i) {
  return "key" + std::to_string(first_number + i);
}

/// Each row's own, and nothing that compression could shrink.
std::string body(int i) {
  auto random = std::minstd_rand{static_cast<unsigned>(i) + 1};
  std::string text(1000, '\0');
  for (auto& c : text)
    c = static_cast<char>(random() >> 16);
  return text;
}

constexpr int filler_rows = 6000;

/// Leaves a store whose oldest rows are in table files: the buffer is small
/// and RocksDB holds a writer up while too many full ones wait.
open_options filled(const temp_dir& dir, family in = family::state) {
  auto options = open_options{.path = dir.store()};
  options.write_buffer_bytes = 256 * 1024;
  auto rows = opened(options);
  for (int i = 0; i < filler_rows; i += 100)
    write_batch(*rows, [=](batch& x) {
      for (int row = i; row < i + 100; ++row)
        x.put(in, numbered(row), body(row));
    });
  rows.reset();
  REQUIRE(!files(options.path, ".sst").empty());
  return options;
}

} // namespace

TEST_CASE("I1: what was written is there after the store was opened again") {
  temp_dir dir;
  auto options = open_options{.path = dir.store()};
  {
    auto rows = opened(options);
    write_batch(*rows, [](batch& x) {
      x.put(family::messages, "m", "1");
      x.put(family::inbox, "i", "2");
      x.put(family::state, "s", "3");
      x.put(family::log, "l", "4");
    });
  }
  for (int round = 0; round < 2; ++round) {
    auto rows = opened(options);
    CHECK(value_of(*rows, family::messages, "m") == "1");
    CHECK(value_of(*rows, family::inbox, "i") == "2");
    CHECK(value_of(*rows, family::state, "s") == "3");
    CHECK(value_of(*rows, family::log, "l") == "4");
    write_batch(*rows, [](batch& x) { x.put(family::state, "more", "5"); });
  }
}

TEST_CASE("I1: rows are the same from memory, tables and blob files") {
  temp_dir dir;
  auto options = filled(dir, family::messages);
  auto large = std::string(400'000, 'x');
  write_batch(*opened(options), [&](batch& x) {
    x.put(family::messages, "large", large);
    x.erase_range(family::messages, numbered(10), numbered(20));
  });
  filled(dir, family::inbox); // Pushes the rows above out of memory.
  CHECK(!files(options.path, ".blob").empty());
  auto rows = opened(options);
  CHECK(value_of(*rows, family::messages, "large") == large);
  for (int i : {0, 9, 20, filler_rows - 1})
    CHECK(value_of(*rows, family::messages, numbered(i)) == body(i));
  CHECK(value_of(*rows, family::messages, numbered(10)) == std::nullopt);
  auto all = rows_of(*rows, family::messages, "key", "kez");
  CHECK(all.size() == filler_rows - 10);
  std::ranges::reverse(all);
  CHECK(all == rows_of(*rows, family::messages, "key", "kez", true));
}

TEST_CASE("only one process has a store at a time") {
  temp_dir dir;
  auto options = open_options{.path = dir.store()};
  auto first = opened(options);
  auto second = open_rocks(options);
  REQUIRE(!second.has_value());
  CHECK(second.error().code == errc::internal);
  CHECK(second.error().message.find("lock") != std::string::npos);
  write_batch(*first, [](batch& x) { x.put(family::state, "a", "1"); });
  first.reset();
  CHECK(value_of(*opened(options), family::state, "a") == "1");
}

TEST_CASE("a path that cannot be made is an error with its reason") {
  auto options = open_options{.path = "/dev/null/store"};
  auto rows = open_rocks(options);
  REQUIRE(!rows.has_value());
  CHECK(rows.error().code == errc::internal);
  CHECK(rows.error().message.find("/dev/null/store") != std::string::npos);
}

TEST_CASE("a read that may not touch the disk says so, until it is in memory") {
  temp_dir dir;
  auto options = filled(dir);
  auto rows = opened(options);
  // A table that is not open yet has no answer either.
  for (int i = 0; i < filler_rows; i += 10) {
    auto found = rows->get(family::state, numbered(i), reach::memory);
    if (found)
      CHECK(*found == body(i));
    else
      CHECK(found.error().code == errc::unavailable);
  }
  auto key = numbered(0);
  auto before = rows->get(family::state, key, reach::memory);
  REQUIRE(!before.has_value());
  CHECK(before.error().code == errc::unavailable);
  // A compaction may move the row once more meanwhile.
  auto after = before;
  for (int tries = 0; tries < 1000 && !after; ++tries) {
    CHECK(value_of(*rows, family::state, key) == body(0));
    after = rows->get(family::state, key, reach::memory);
  }
  REQUIRE(after.has_value());
  CHECK(*after == body(0));
}

TEST_CASE("I9: a flipped bit in a table is an error and never another value") {
  temp_dir dir;
  auto options = filled(dir);
  auto tables = files(options.path, ".sst");
  for (auto& table : tables) {
    auto bytes = bytes_of(table);
    // Data comes first: in a few of its blocks.
    for (size_t at = 100; at < bytes.size() / 2; at += 64 * 1024)
      bytes[at] = static_cast<char>(bytes[at] ^ 1);
    set_bytes(table, bytes);
  }
  auto rows = opened(options);
  auto found = rows->get(family::state, numbered(0), reach::disk);
  REQUIRE(!found.has_value());
  CHECK(found.error().code == errc::internal);
  for (auto reverse : {false, true}) {
    int wrong = 0;
    auto done = rows->scan(family::state, "key", "kez", reverse,
                           [&](std::string_view key, std::string_view value) {
                             auto row = std::stoi(std::string{key.substr(3)})
                                        - first_number;
                             wrong += value == body(row) ? 0 : 1;
                             return true;
                           });
    REQUIRE(!done.has_value());
    CHECK(done.error().code == errc::internal);
    CHECK(wrong == 0);
  }
}

TEST_CASE("I9: a store whose files are missing or short does not open") {
  temp_dir dir;
  auto options = filled(dir);
  auto table = files(options.path, ".sst").front();
  SUBCASE("a table is missing") {
    fs::remove(table);
  }
  SUBCASE("a table is short") {
    fs::resize_file(table, fs::file_size(table) / 2);
  }
  SUBCASE("the list of files is damaged") {
    for (auto& each : fs::directory_iterator{options.path})
      if (each.path().filename().string().starts_with("MANIFEST"))
        fs::resize_file(each.path(), 10);
  }
  auto rows = open_rocks(options);
  REQUIRE(!rows.has_value());
  CHECK(rows.error().code == errc::internal);
}

TEST_CASE("nothing but rows goes to the disk: RocksDB has no log of its own "
          "there, which a full disk would end the process by") {
  temp_dir dir;
  auto options = filled(dir);
  for (auto& each : fs::directory_iterator{options.path}) {
    CAPTURE(each.path().string());
    CHECK(each.path().filename().string().find("LOG") == std::string::npos);
  }
}

TEST_CASE("I1: a log torn by a power loss ends at its last whole write") {
  temp_dir dir;
  auto options = open_options{.path = dir.store()};
  {
    auto rows = opened(options);
    for (int i = 0; i < 10; ++i)
      write_batch(*rows, [i](batch& x) {
        x.put(family::messages, numbered(i), body(i));
        x.put(family::state, numbered(i), "there");
      });
  }
  auto logs = files(options.path, ".log");
  REQUIRE(logs.size() == 1);
  auto bytes = bytes_of(logs.front());
  SUBCASE("cut short") {
    bytes.resize(bytes.size() - 1);
  }
  SUBCASE("its last page not written") {
    std::fill(bytes.end() - 500, bytes.end(), '\0');
  }
  set_bytes(logs.front(), bytes);
  auto rows = opened(options);
  for (int i = 0; i < 9; ++i) {
    CHECK(value_of(*rows, family::messages, numbered(i)) == body(i));
    CHECK(value_of(*rows, family::state, numbered(i)) == "there");
  }
  CHECK(value_of(*rows, family::messages, numbered(9)) == std::nullopt);
  CHECK(value_of(*rows, family::state, numbered(9)) == std::nullopt);
}

TEST_CASE("the sizes on disk are told") {
  temp_dir dir;
  auto rows = opened(filled(dir));
  auto stats = rows->stats();
  CHECK(stats.bytes_on_disk > 100'000);
  CHECK(stats.disk_total_bytes > stats.disk_free_bytes);
}
