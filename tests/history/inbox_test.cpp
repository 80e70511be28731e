#include "history/rows.hpp"
#include "history/samples.hpp"

#include "parley/history/codecs.hpp"
#include "parley/history/keys.hpp"
#include "parley/history/open.hpp"
#include "parley/history/reader.hpp"

#include <algorithm>

using namespace parley;
using namespace parley::history;

namespace {

/// An inbox that is written in chunks, as its user's actor writes it.
class inbox {
public:
  explicit inbox(store& rows, std::string_view user = "ann")
      : at(place_of(user, 128)), rows_(rows) {}

  /// One chunk of entries with these numbers, a second apart.
  void take(const std::vector<uint64_t>& useqs) {
    inbox_chunk chunk;
    chunk.ordinal = entries.size();
    for (auto useq : useqs) {
      inbox_entry x;
      x.useq = useq;
      x.seq = useq;
      x.ts = time_of(useq);
      chunk.entries.push_back(x);
      entries.push_back(x);
    }
    write_batch(rows_, [&](batch& x) {
      x.put(family::inbox, inbox_key(at, useqs.back()), encode(chunk));
    });
  }

  static timestamp time_of(uint64_t useq) {
    return 1000 * static_cast<timestamp>(useq);
  }

  std::string read(uint64_t after, size_t max = SIZE_MAX) const {
    auto found = read_inbox(rows_, at, after, max);
    REQUIRE(found.has_value());
    std::string text;
    for (auto& x : *found)
      text += std::to_string(x.useq) + " ";
    return text;
  }

  uint64_t trim(timestamp before, uint64_t keep, uint64_t in_all) const {
    auto found = trim_point(rows_, at, before, keep, in_all);
    REQUIRE(found.has_value());
    return *found;
  }

  place at;
  std::vector<inbox_entry> entries;

private:
  store& rows_;
};

} // namespace

TEST_CASE("I5: an inbox resumes from any number, also inside of a chunk") {
  auto rows = make_memory_store();
  inbox ann{*rows};
  inbox bob{*rows, "bob"};
  ann.take({3});
  ann.take({5, 6, 9});
  bob.take({100, 200});
  ann.take({1025, 1026});
  CHECK(ann.read(0) == "3 5 6 9 1025 1026 ");
  CHECK(ann.read(2) == "3 5 6 9 1025 1026 ");
  CHECK(ann.read(3) == "5 6 9 1025 1026 ");
  CHECK(ann.read(4) == "5 6 9 1025 1026 ");
  CHECK(ann.read(5) == "6 9 1025 1026 ");
  CHECK(ann.read(6) == "9 1025 1026 ");
  CHECK(ann.read(8) == "9 1025 1026 ");
  CHECK(ann.read(9) == "1025 1026 ");
  CHECK(ann.read(1025) == "1026 ");
  CHECK(ann.read(1026) == "");
  CHECK(ann.read(UINT64_MAX) == "");
  CHECK(ann.read(5, 2) == "6 9 ");
  CHECK(ann.read(5, 1) == "6 ");
  CHECK(ann.read(5, 0) == "");
  CHECK(ann.read(0, 4) == "3 5 6 9 ");
  CHECK(bob.read(0) == "100 200 ");
  auto found = read_inbox(*rows, ann.at, 5, SIZE_MAX);
  CHECK(
      *found
      == std::vector<inbox_entry>{ann.entries.begin() + 2, ann.entries.end()});
}

TEST_CASE("an inbox without rows reads as empty and has nothing to trim") {
  auto rows = make_memory_store();
  inbox ann{*rows};
  CHECK(ann.read(0) == "");
  CHECK(ann.trim(INT64_MAX, 0, 0) == 0);
  CHECK(ann.trim(INT64_MAX, 0, 100) == 0);
}

TEST_CASE("I9: a damaged chunk is an error and not a gap") {
  auto rows = make_memory_store();
  inbox ann{*rows};
  ann.take({3});
  ann.take({5, 6});
  inbox_chunk chunk;
  SUBCASE("of no meaning") {
    write_batch(*rows, [&](batch& x) {
      x.put(family::inbox, inbox_key(ann.at, 6), "?");
    });
  }
  SUBCASE("without an entry") {
    write_batch(*rows, [&](batch& x) {
      x.put(family::inbox, inbox_key(ann.at, 6), encode(chunk));
    });
  }
  SUBCASE("under another's key") {
    chunk.entries.resize(1);
    chunk.entries[0].useq = 5;
    write_batch(*rows, [&](batch& x) {
      x.put(family::inbox, inbox_key(ann.at, 6), encode(chunk));
    });
  }
  CHECK(read_inbox(*rows, ann.at, 3, 10).error().code == errc::internal);
  CHECK(trim_point(*rows, ann.at, INT64_MAX, 0, 3).error().code
        == errc::internal);
}

TEST_CASE("an inbox is trimmed up to what is old and more than is kept") {
  auto rows = make_memory_store();
  inbox ann{*rows};
  ann.take({1, 2});
  ann.take({4, 5, 6});
  ann.take({10});
  struct row {
    timestamp before;
    uint64_t keep;
    uint64_t expected;
  };
  auto never = inbox::time_of(100);
  for (auto& x : std::vector<row>{{never, 0, 10},
                                  {never, 1, 6},
                                  {never, 2, 5},
                                  {never, 3, 4},
                                  {never, 4, 2},
                                  {never, 6, 0},
                                  {never, 7, 0},
                                  {never, UINT64_MAX, 0},
                                  {inbox::time_of(1), 0, 0},
                                  {inbox::time_of(2), 0, 1},
                                  {inbox::time_of(6), 0, 5},
                                  {inbox::time_of(6), 3, 4},
                                  {inbox::time_of(7), 0, 6},
                                  {0, 0, 0}}) {
    CAPTURE(x.before);
    CAPTURE(x.keep);
    CHECK(ann.trim(x.before, x.keep, 6) == x.expected);
  }
}

TEST_CASE("an inbox that was trimmed is trimmed further by the same count") {
  auto rows = make_memory_store();
  inbox ann{*rows};
  for (uint64_t useq = 1; useq <= 10; ++useq)
    ann.take({useq});
  auto point = ann.trim(inbox::time_of(4), 5, 10);
  CHECK(point == 3);
  write_batch(*rows, [&](batch& x) {
    x.erase_range(family::inbox, inbox_key(ann.at, 0),
                  inbox_key(ann.at, point + 1));
  });
  CHECK(ann.read(0) == "4 5 6 7 8 9 10 ");
  CHECK(ann.trim(inbox::time_of(100), 5, 10) == 5);
}

TEST_CASE("random inboxes read and trim as a naive reader does it") {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    auto random = sampler{seed};
    auto rows = make_memory_store();
    inbox ann{*rows};
    uint64_t useq = 0;
    for (int i = 0; i < 30; ++i) {
      std::vector<uint64_t> chunk;
      for (auto count = 1 + random.below(6); count > 0; --count)
        chunk.push_back(useq += 1 + random.below(4));
      ann.take(chunk);
    }
    for (int i = 0; i < 50; ++i) {
      auto after = random.below(useq + 2);
      auto max = random.below(40);
      std::string expected;
      size_t count = 0;
      for (auto& x : ann.entries)
        if (x.useq > after && count++ < max)
          expected += std::to_string(x.useq) + " ";
      CHECK(ann.read(after, max) == expected);

      auto before = inbox::time_of(random.below(useq + 2));
      auto keep = random.below(ann.entries.size() + 2);
      uint64_t point = 0;
      for (size_t n = 0; n < ann.entries.size(); ++n)
        if (ann.entries[n].ts < before && n + 1 + keep <= ann.entries.size())
          point = ann.entries[n].useq;
      CHECK(ann.trim(before, keep, ann.entries.size()) == point);
    }
  }
}
