#include "support/geoip_database.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <utility>

// https://maxmind.github.io/MaxMind-DB/

namespace parley::test {

namespace {

constexpr size_t address_bits = 128;
constexpr size_t separator_bytes = 16; ///< Between the tree and the data.
constexpr std::string_view metadata_mark = "\xab\xcd\xefMaxMind.com";

std::string big_endian(uint64_t x, size_t bytes) {
  std::string result;
  while (bytes-- > 0)
    result += static_cast<char>(x >> (8 * bytes) & 0xff);
  return result;
}

// -- fields; none here has more than 28 entries or bytes

enum class field_type : uint8_t {
  text = 2,
  uint16 = 5,
  uint32 = 6,
  map = 7,
  uint64 = 9,
  array = 11,
};

std::string field_head(field_type type, size_t size) {
  constexpr uint8_t first_extended = 8;
  auto number = static_cast<uint8_t>(type);
  if (number < first_extended)
    return big_endian(number << 5 | size, 1);
  return big_endian(size, 1) + big_endian(number - 7u, 1);
}

std::string text_field(std::string_view x) {
  return field_head(field_type::text, x.size()).append(x);
}

std::string number_field(field_type type, uint64_t x, size_t bytes) {
  return field_head(type, bytes) + big_endian(x, bytes);
}

using members = std::vector<std::pair<std::string_view, std::string>>;

std::string map_field(const members& all) {
  auto result = field_head(field_type::map, all.size());
  for (const auto& [name, value] : all)
    result += text_field(name) + value;
  return result;
}

std::string record_of(const located_network& x) {
  return map_field(
      {{"continent", map_field({{"code", text_field(x.continent)}})},
       {"country", map_field({{"iso_code", text_field(x.country)}})}});
}

// -- the tree

using ip_address = std::array<uint8_t, address_bits / 8>;

/// IPv4 is where the format has it: under 96 zeros.
std::pair<ip_address, size_t> prefix_of(const located_network& x) {
  ip_address bytes{};
  if (::inet_pton(AF_INET6, x.prefix.c_str(), bytes.data()) == 1)
    return {bytes, x.bits};
  if (::inet_pton(AF_INET, x.prefix.c_str(), bytes.data() + 12) == 1)
    return {bytes, x.bits + 96};
  throw std::invalid_argument(x.prefix + " is no address");
}

bool bit_of(const ip_address& x, size_t at) {
  return (x[at / 8] >> (7 - at % 8) & 1) != 0;
}

class network_tree {
public:
  void add(const ip_address& prefix, size_t bits, uint32_t data) {
    size_t at = 0;
    for (size_t i = 0; i + 1 < bits; ++i) {
      auto next = nodes_[at][bit_of(prefix, i)];
      if (next.kind != to::node) {
        // What was known of all of them holds for both halves.
        nodes_.push_back({next, next});
        next = {to::node, static_cast<uint32_t>(nodes_.size() - 1)};
        nodes_[at][bit_of(prefix, i)] = next;
      }
      at = next.value;
    }
    nodes_[at][bit_of(prefix, bits - 1)] = {to::data, data};
  }

  size_t size() const { return nodes_.size(); }

  std::string encoded() const {
    std::string result;
    for (const auto& node : nodes_)
      for (const auto& x : node)
        result += big_endian(value_of(x), record_bytes);
    return result;
  }

  static constexpr size_t record_bytes = 3;

private:
  enum class to : uint8_t { nothing, node, data };
  struct record {
    to kind = to::nothing;
    uint32_t value = 0; ///< A node's number, or where its data begins.
  };

  uint64_t value_of(const record& x) const {
    switch (x.kind) {
      case to::node:
        return x.value;
      case to::data:
        return nodes_.size() + separator_bytes + x.value;
      default:
        return nodes_.size();
    }
  }

  std::vector<std::array<record, 2>> nodes_{1};
};

std::string metadata_of(const network_tree& x) {
  using of = field_type;
  return map_field(
      {{"node_count", number_field(of::uint32, x.size(), 4)},
       {"record_size",
        number_field(of::uint16, 8 * network_tree::record_bytes, 2)},
       {"ip_version", number_field(of::uint16, 6, 2)},
       {"database_type", text_field("Test-Country")},
       {"languages", field_head(of::array, 0)},
       {"binary_format_major_version", number_field(of::uint16, 2, 2)},
       {"binary_format_minor_version", number_field(of::uint16, 0, 2)},
       {"build_epoch", number_field(of::uint64, 1'700'000'000, 8)},
       {"description", map_field({})}});
}

} // namespace

void write_geoip_database(const std::filesystem::path& file,
                          std::vector<located_network> networks) {
  std::sort(networks.begin(), networks.end(), [](const auto& a, const auto& b) {
    return prefix_of(a).second < prefix_of(b).second;
  });
  network_tree nodes;
  std::string data;
  for (const auto& x : networks) {
    const auto [prefix, bits] = prefix_of(x);
    nodes.add(prefix, bits, static_cast<uint32_t>(data.size()));
    data += record_of(x);
  }
  std::ofstream(file, std::ios::binary)
      << nodes.encoded() << std::string(separator_bytes, '\0') << data
      << metadata_mark << metadata_of(nodes);
}

} // namespace parley::test
