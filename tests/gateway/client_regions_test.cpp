#include "support/doctest.hpp"
#include "support/geoip_database.hpp"
#include "support/temporary_directory.hpp"

#include "parley/gateway/client_regions.hpp"

#include <arpa/inet.h>
#include <filesystem>
#include <fstream>

namespace parley::test {
namespace {

using namespace parley::gateway;

/// @param text is an IPv4 or IPv6 address.
address_bytes address(const std::string& text) {
  address_bytes bytes{};
  auto mapped = text.find(':') == text.npos ? "::ffff:" + text : text;
  REQUIRE(::inet_pton(AF_INET6, mapped.c_str(), bytes.data()) == 1);
  return bytes;
}

struct database {
  explicit database(std::vector<located_network> networks) {
    by.geoip_database = here.file("countries.mmdb");
    write_geoip_database(by.geoip_database, std::move(networks));
  }

  client_regions_ptr open() const { return open_client_regions(by).value(); }

  temporary_directory here;
  config::discovery_settings by;
};

const std::vector<located_network> world{{"10.0.0.0", 8, "EU", "FR"},
                                         {"10.1.0.0", 16, "EU", "DE"},
                                         {"10.1.2.0", 24, "NA", "US"},
                                         {"10.1.2.3", 32, "OC", "NZ"},
                                         {"2001:db8::", 32, "AS", "JP"}};

std::string reason(const config::discovery_settings& by) {
  auto opened = open_client_regions(by);
  return opened ? "" : opened.error().message;
}

} // namespace

TEST_CASE("a client is in the region of its country, else of its continent") {
  database on{world};
  on.by.continents = {"EU=europe", "AS=asia"};
  on.by.countries = {"DE=germany", "US=america"};
  const auto regions = on.open();
  CHECK(regions->of(address("10.200.0.1")) == "europe");
  CHECK(regions->of(address("10.1.0.1")) == "germany");
  CHECK(regions->of(address("10.1.2.2")) == "america");
  CHECK(regions->of(address("10.1.2.4")) == "america");
  CHECK(regions->of(address("2001:db8::1")) == "asia");
}

TEST_CASE("who is in none of the regions, or nowhere, has none") {
  database on{world};
  on.by.continents = {"EU=europe"};
  const auto regions = on.open();
  CHECK(regions->of(address("10.1.2.3")) == std::nullopt);
  CHECK(regions->of(address("11.0.0.1")) == std::nullopt);
  CHECK(regions->of(address("::1")) == std::nullopt);
  CHECK(regions->of(address("2001:db9::1")) == std::nullopt);
}

TEST_CASE("codes of countries and of continents are not taken for each other") {
  database on{{{"10.0.0.0", 8, "AF", "EG"}, {"11.0.0.0", 8, "AS", "AF"}}};
  on.by.continents = {"AF=africa"};
  on.by.countries = {"AF=afghanistan"};
  const auto regions = on.open();
  CHECK(regions->of(address("10.0.0.1")) == "africa");
  CHECK(regions->of(address("11.0.0.1")) == "afghanistan");
}

TEST_CASE("without a database nobody's region is known") {
  CHECK(open_client_regions({}).value() == nullptr);
}

TEST_CASE("a database that is missing, no database, or cut off is told with "
          "its key and its name") {
  database on{world};
  const auto file = on.by.geoip_database;
  auto missing = on.by;
  missing.geoip_database = on.here.file("nothing.mmdb");
  CHECK(reason(missing)
        == "discovery.geoip_database: " + missing.geoip_database
               + ": No such file or directory");

  const auto whole = std::filesystem::file_size(file);
  std::filesystem::resize_file(file, whole / 2);
  CHECK(reason(on.by).starts_with("discovery.geoip_database: " + file + ": "));
  std::ofstream(file) << "these are no countries";
  CHECK(reason(on.by).starts_with("discovery.geoip_database: " + file + ": "));
  std::ofstream(file) << "";
  CHECK(reason(on.by).starts_with("discovery.geoip_database: " + file + ": "));
}

} // namespace parley::test
