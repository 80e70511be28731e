#include "support/doctest.hpp"

#include "parley/cluster/cluster_parameters.hpp"
#include "parley/cluster/node_entry.hpp"
#include "parley/cluster/partition_records.hpp"
#include "parley/cluster/roster.hpp"

#include <limits>

using namespace parley;
using namespace parley::cluster;

namespace {

constexpr auto most = std::numeric_limits<uint64_t>::max();
constexpr auto most_nodes = std::numeric_limits<node_id>::max();

partition_record sample_record() {
  partition_record out;
  out.epoch = most;
  out.leader = most_nodes;
  out.isr = {{most_nodes, most}, {2, 17}};
  out.replicas = {1, 2, 3, 4, 5, 6, most_nodes};
  out.leaving = 2;
  return out;
}

} // namespace

TEST_CASE("what is encoded is decoded to the same") {
  CHECK(*decode_record(3, encode(sample_record())) == sample_record());
  CHECK(*decode_record(3, encode(partition_record{})) == partition_record{});
  auto lossy = sample_record();
  lossy.lossy_epoch = lossy.lossy_gap = most;
  CHECK(*decode_record(3, encode(lossy)) == lossy);
  const node_entry node{"n\"1", 7,   "disk", "eu", "z1", 4, "https://x",
                        "h:1",  "2", 9,      8,    "ab", 5, true};
  CHECK(*decode_node_entry(encode(node)) == node);
  const cluster_parameters all{"id", "chat", 1024, 3, 2, "ab"};
  CHECK(*decode_parameters(encode(all)) == all);
  const roster rows{9, {{"a", {1, "z", 0}}, {"b", {9, "", 3}}}};
  CHECK(*decode_roster(encode(rows)) == rows);
}

TEST_CASE("the bytes of a record stay what they are") {
  partition_record x;
  x.epoch = 5;
  x.leader = 1;
  x.isr = {{1, 77}};
  x.replicas = {1, 2};
  CHECK(encode(x)
        == R"({"format":1,"epoch":5,"leader":1,"isr":[{"node":1,)"
           R"("incarnation":77}],"replicas":[1,2],"leaving":0})");
}

TEST_CASE("a record that cannot be is refused, and named") {
  struct {
    std::string bytes;
    std::string expected;
  } table[] = {
      {"", "the record of partition 9 is not a JSON object"},
      {"[]", "the record of partition 9 is not a JSON object"},
      {"{}", "the record of partition 9 lacks \"format\""},
      {R"({"format":2})", "the record of partition 9 has format 2, and "},
      {R"({"format":1})", "the record of partition 9 lacks \"epoch\""},
      {R"({"format":1,"epoch":-1})",
       "the record of partition 9 has a \"epoch\" that cannot be"},
      {R"({"format":1,"epoch":1.5})",
       "the record of partition 9 has a \"epoch\" that cannot be"},
      {R"({"format":1,"epoch":1,"leader":4294967296})",
       "the record of partition 9 has a \"leader\" that cannot be"},
      {R"({"format":1,"epoch":1,"leader":1,"isr":{}})",
       "the record of partition 9 has a \"isr\" that is not a list of at most "
       "7"},
      {R"({"format":1,"epoch":1,"leader":1,"isr":[1]})",
       "the record of partition 9 is not a JSON object"},
      {R"({"format":1,"epoch":1,"leader":1,"isr":[],)"
       R"("replicas":[1,2,3,4,5,6,7,8]})",
       "the record of partition 9 has a \"replicas\" that is not a list of at "
       "most 7"},
      {R"({"format":1,"epoch":1,"leader":1,"isr":[],"replicas":["x"]})",
       "the record of partition 9 has a \"item\" that cannot be"},
  };
  for (auto& each : table) {
    CAPTURE(each.bytes);
    auto read = decode_record(9, each.bytes);
    REQUIRE(read.has_error());
    CHECK(read.error().message.starts_with(each.expected));
  }
}

TEST_CASE("parameters with an odd number of partitions are refused") {
  for (auto partitions : {0u, 3u, 131'072u}) {
    auto read = decode_parameters(encode({"", "x", partitions, 3, 2, ""}));
    CHECK(read.has_error());
  }
}

TEST_CASE("entering the roster gives numbers once") {
  roster all;
  CHECK(enter(all, "a", "z", 1));
  CHECK(enter(all, "b", "z", 1));
  CHECK_FALSE(enter(all, "a", "z", 1));
  CHECK(enter(all, "a", "y", 1));
  CHECK(all.rows.at("a").number == 1);
  all.rows.erase("b");
  CHECK(enter(all, "c", "z", 1));
  CHECK(all.rows.at("c").number == 3);
}

TEST_CASE("the fingerprint tells keys apart and stays what it is") {
  CHECK(key_fingerprint("t", "p") == key_fingerprint("t", "p"));
  CHECK(key_fingerprint("t", "p") != key_fingerprint("tp", ""));
  CHECK(key_fingerprint("t", "p").size() == 32);
}

TEST_CASE("data of no cluster fits all, data of one fits that one") {
  const cluster_parameters all{"id", "chat", 8, 3, 2, ""};
  CHECK(foreign_data(all, "").empty());
  CHECK(foreign_data(all, "id").empty());
  CHECK(!foreign_data(all, "other").empty());
}

TEST_CASE("a partition's entry is named by its number") {
  CHECK(partition_named("0") == 0);
  CHECK(partition_named("65535") == 65'535);
  for (auto name : {"", "-1", "+1", "01", "65536", "1x", "x"})
    CHECK(partition_named(name) == std::nullopt);
}
