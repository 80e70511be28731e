#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace parley::test {

/// Where the addresses of a network are.
struct located_network {
  std::string prefix; ///< An IPv4 or IPv6 address.
  unsigned bits = 0;  ///< How many of it count.
  std::string continent;
  std::string country;
};

/// Writes a database of MaxMind's format, version 2.0, with the fields that
/// databases of countries have. Of networks within each other the smallest
/// counts. @throws std::invalid_argument
void write_geoip_database(const std::filesystem::path& file,
                          std::vector<located_network> networks);

} // namespace parley::test
