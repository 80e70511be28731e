#include "support/temporary_directory.hpp"

#include "parley/cluster/cluster_parameters.hpp"
#include "parley/history/open.hpp"
#include "parley/history/partition_log.hpp"
#include "parley/history/reader.hpp"
#include "parley/server/data_dir.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sys/stat.h>

namespace parley::server {

namespace {

namespace fs = std::filesystem;

unsigned mode_of(const fs::path& path) {
  return static_cast<unsigned>(fs::status(path).permissions());
}

history::meta_record stored(const history::store& in) {
  auto found = history::load<history::meta_record>(in, history::meta_key());
  REQUIRE(found.has_value());
  REQUIRE(found->has_value());
  return **found;
}

void put_meta(history::store& in, const std::string& bytes) {
  history::batch row;
  row.put(history::family::state, history::meta_key(), bytes);
  REQUIRE(in.write({row}).has_value());
}

std::string refusal(history::store& in, uint32_t partitions) {
  auto begun = begin_start(in, partitions);
  return begun ? "" : begun.error().message;
}

} // namespace

TEST_CASE("a directory keeps its instance, and the cluster that it is of") {
  const test::temporary_directory dir;
  const auto fresh = open_identity(dir.path(), system_random());
  REQUIRE(fresh.has_value());
  CHECK(fresh->cluster.empty());
  const std::string id(32, 'c');
  CHECK(keep_cluster(dir.path(), id).has_value());
  const auto again = open_identity(dir.path(), system_random());
  REQUIRE(again.has_value());
  CHECK(again->instance == fresh->instance);
  CHECK(again->cluster == id);
}

TEST_CASE("the data directory is made for its owner alone") {
  test::temporary_directory dir;
  auto at = dir.path() / "var" / "lib" / "parley";
  CHECK(make_data_dir(at).has_value());
  CHECK(mode_of(at) == 0700);
  CHECK(make_data_dir(dir.path() / "slash" / "").has_value());
  CHECK(mode_of(dir.path() / "slash") == 0700);
}

TEST_CASE("a data directory that exists stays as it is") {
  test::temporary_directory dir;
  fs::permissions(dir.path(), fs::perms{0750});
  CHECK(make_data_dir(dir.path()).has_value());
  CHECK(mode_of(dir.path()) == 0750);
}

TEST_CASE("a file in the data directory's place is refused by name") {
  test::temporary_directory dir;
  auto at = dir.path() / "file";
  std::ofstream{at} << "x";
  auto made = make_data_dir(at);
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().message == at.string() + ": File exists");
  CHECK_FALSE(make_data_dir(at / "below").has_value());
}

TEST_CASE("the first start fixes the format and the partitions") {
  auto store = history::make_memory_store();
  auto meta = begin_start(*store, 64);
  REQUIRE(meta.has_value());
  CHECK(meta->format == data_format);
  CHECK(meta->partitions == 64);
  CHECK(meta->starts == 1);
  CHECK(stored(*store).starts == 1);
  CHECK(stored(*store).partitions == 64);
}

TEST_CASE("I5: every start has a number of its own, stored before it is used") {
  auto store = history::make_memory_store();
  for (uint64_t number = 1; number <= 5; ++number) {
    auto meta = begin_start(*store, 128);
    REQUIRE(meta.has_value());
    CHECK(meta->starts == number);
    CHECK(stored(*store).starts == number);
  }
}

TEST_CASE("the first row of an older version goes on where it is now") {
  auto store = history::make_memory_store();
  history::batch row;
  row.put(history::family::state, history::first_meta_key(),
          history::encode(history::meta_record{data_format, 64, 7}));
  REQUIRE(store->write({row}).has_value());
  auto meta = begin_start(*store, 64);
  REQUIRE(meta.has_value());
  CHECK(meta->starts == 8);
  CHECK(stored(*store).starts == 8);
  CHECK(store
            ->get(history::family::state, history::first_meta_key(),
                  history::reach::disk)
            ->has_value()
        == false);
}

TEST_CASE("another number of partitions is refused and no start is counted") {
  auto store = history::make_memory_store();
  REQUIRE(begin_start(*store, 64).has_value());
  CHECK(refusal(*store, 128)
        == "the data directory has 64 partitions, which its first start fixed: "
           "set cluster.partitions to that instead of 128");
  CHECK(stored(*store).starts == 1);
}

TEST_CASE(
    "data with which a cluster begins have a log that begins after them") {
  auto store = history::make_memory_store();
  REQUIRE(begin_start(*store, 4).has_value());
  REQUIRE(seed_cluster(*store, 4).has_value());
  for (uint16_t partition = 0; partition < 4; ++partition) {
    auto marks = history::read_log_marks(*store, partition);
    REQUIRE(marks.has_value());
    REQUIRE(marks->has_value());
    CHECK((*marks)->base == 1);
    CHECK((*marks)->applied == 1);
    CHECK((*marks)->epoch == cluster::seed_epoch);
  }
}

TEST_CASE("a format of another version is refused and left alone") {
  auto store = history::make_memory_store();
  auto future = history::encode(history::meta_record{data_format + 1, 64, 7});
  put_meta(*store, future);
  CHECK(refusal(*store, 64)
        == "the data directory has format 2, this version of Parley knows 1");
  CHECK(stored(*store).starts == 7);
}

TEST_CASE("I9: a damaged first row is refused, not written anew") {
  auto store = history::make_memory_store();
  put_meta(*store, "\x01?");
  CHECK(refusal(*store, 64) == "a state record is damaged");
  CHECK(store
            ->get(history::family::state, history::meta_key(),
                  history::reach::disk)
            ->value()
        == "\x01?");
}

} // namespace parley::server
