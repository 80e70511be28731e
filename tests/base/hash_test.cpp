#include "parley/base/hash.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>
#include <string>

using namespace parley;

namespace {

std::string hex(const hash128& x) {
  std::string out;
  for (auto byte : x.bytes)
    out += fmt::format("{:02x}", byte);
  return out;
}

} // namespace

// The values are of another implementation: hashes are stored, so that no
// release may change them.
TEST_CASE("a hash is 16 bytes of BLAKE2b") {
  CHECK(hex(hash_of("")) == "cae66941d9efbd404e4d88758ea67670");
  CHECK(hex(hash_of("abc")) == "cf4ab791c62b8d2b2109c90275287816");
  CHECK(hex(hash_of("dm:alice:bob")) == "e1eff33b451a04bc1bd508611536f8a8");
}

TEST_CASE("a pair is hashed with the length of its first part") {
  CHECK(hex(hash_of("ab", "c")) == "f1b2bc986dbc8d80823ac70a85218dd2");
  CHECK(hash_of("ab", "c") != hash_of("a", "bc"));
  CHECK(hash_of("abc", "") != hash_of("", "abc"));
  CHECK(hash_of("abc", "") != hash_of("abc"));
}

TEST_CASE("doubling the partitions splits each into itself and one new one") {
  for (int i = 0; i < 1000; ++i) {
    auto key = hash_of("user" + std::to_string(i));
    for (uint32_t count = 1; count <= 32'768; count *= 2) {
      auto before = partition_of(key, count);
      auto after = partition_of(key, count * 2);
      REQUIRE(before < count);
      REQUIRE((after == before || after == before + count));
    }
  }
}

TEST_CASE("names spread over all partitions") {
  std::set<uint16_t> seen;
  for (int i = 0; i < 5000; ++i)
    seen.insert(place_of("user" + std::to_string(i), 128).partition);
  CHECK(seen.size() == 128);
}

TEST_CASE("a place has the partition and the hash of its name") {
  auto where = place_of("dm:alice:bob", 128);
  CHECK(where.key == hash_of("dm:alice:bob"));
  CHECK(where.partition == partition_of(where.key, 128));
}
