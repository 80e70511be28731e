#include "history/rows.hpp"
#include "history/temp_dir.hpp"

#include "parley/history/keys.hpp"
#include "parley/history/open.hpp"
#include "parley/history/partition_log.hpp"

using namespace parley;
using namespace parley::history;

namespace {

log_row row(uint64_t index, std::string payload) {
  return {index, 3, static_cast<uint32_t>(index * 7),
          shared_bytes{std::move(payload)}};
}

/// "index:payload" of the entries.
std::string read(const store& from, uint16_t partition, uint64_t first = 0,
                 uint64_t last = UINT64_MAX) {
  std::string found;
  auto done = read_log(from, partition, first, last, [&](const log_row& x) {
    CHECK(x.epoch == 3);
    CHECK(x.crc32c == x.index * 7);
    found +=
        std::to_string(x.index) + ':' + std::string{x.payload.view()} + ' ';
    return true;
  });
  REQUIRE(done.has_value());
  return found;
}

std::unique_ptr<store> filled() {
  auto rows = make_memory_store();
  write_batch(*rows, [](batch& x) {
    for (auto partition : std::initializer_list<uint16_t>{0, 7, 65'535})
      for (uint64_t index : {1, 2, 255, 256, 257})
        put_log_row(x, partition, row(index, "p" + std::to_string(partition)));
    put_log_marks(x, 7, {5, 4, 0, 256});
  });
  return rows;
}

} // namespace

TEST_CASE("a log is read in order, as it was written, within its bounds") {
  auto rows = filled();
  CHECK(read(*rows, 7) == "1:p7 2:p7 255:p7 256:p7 257:p7 ");
  CHECK(read(*rows, 65'535, 255, 256) == "255:p65535 256:p65535 ");
  CHECK(read(*rows, 6).empty());
}

TEST_CASE("a log is cut behind an index, and trimmed up to one") {
  auto rows = filled();
  write_batch(*rows, [](batch& x) {
    cut_log(x, 7, 256);
    trim_log(x, 7, 2);
  });
  CHECK(read(*rows, 7) == "255:p7 256:p7 ");
  CHECK(read(*rows, 0) == "1:p0 2:p0 255:p0 256:p0 257:p0 ");
  auto marks = read_log_marks(*rows, 7);
  REQUIRE(marks.has_value());
  CHECK(*marks == log_marks{5, 4, 0, 256});
}

TEST_CASE("a partition without a replica has no marks") {
  auto rows = filled();
  auto marks = read_log_marks(*rows, 6);
  REQUIRE(marks.has_value());
  CHECK(*marks == std::nullopt);
}

TEST_CASE("a damaged entry and damaged marks are errors") {
  auto rows = filled();
  write_batch(*rows, [](batch& x) {
    x.put(family::log, log_key(7, 2), "");
    x.put(family::log, log_marks_key(7), "\x09");
  });
  auto done = read_log(*rows, 7, 1, 9, [](auto&&) { return true; });
  CHECK_FALSE(done.has_value());
  CHECK_FALSE(read_log_marks(*rows, 7).has_value());
}
