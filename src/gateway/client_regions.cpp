#include "parley/gateway/client_regions.hpp"

#include "parley/base/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <maxminddb.h>
#include <netinet/in.h>
#include <system_error>
#include <vector>

namespace parley::gateway {

namespace {

/// By a code of two letters.
using regions_by_code = std::map<std::string, std::string, std::less<>>;

/// @param assignments are each a code, "=" and a region.
regions_by_code regions_of(const std::vector<std::string>& assignments) {
  regions_by_code all;
  for (const auto& x : assignments) {
    auto sign = x.find('=');
    all.emplace(x.substr(0, sign), x.substr(sign + 1));
  }
  return all;
}

bool is_mapped_v4(const address_bytes& x) {
  constexpr address_bytes prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::equal(prefix.begin(), prefix.begin() + 12, x.begin());
}

/// A database of MaxMind's format. What it says of an address is in pages that
/// the kernel keeps, so that nobody waits for a disk for long.
class geoip_regions final : public client_regions {
public:
  explicit geoip_regions(const config::discovery_settings& by)
      : continents_(regions_of(by.continents)),
        countries_(regions_of(by.countries)) {}
  geoip_regions(const geoip_regions&) = delete;
  geoip_regions& operator=(const geoip_regions&) = delete;
  ~geoip_regions() override {
    if (open_)
      MMDB_close(&database_);
  }

  result<void> open(const std::string& file) {
    errno = 0;
    auto status = MMDB_open(file.c_str(), MMDB_MODE_MMAP, &database_);
    open_ = status == MMDB_SUCCESS;
    if (open_)
      return {};
    auto of_system =
        errno != 0
        && (status == MMDB_FILE_OPEN_ERROR || status == MMDB_IO_ERROR);
    return error{errc::bad_request,
                 fmt::format("discovery.geoip_database: {}: {}", file,
                             of_system ? std::generic_category().message(errno)
                                       : MMDB_strerror(status))};
  }

  const MMDB_metadata_s& metadata() const { return database_.metadata; }

  std::optional<std::string> of(const address_bytes& client) const override {
    auto found = is_mapped_v4(client) ? find_v4(client) : find_v6(client);
    if (!found)
      return std::nullopt;
    const char* const country[] = {"country", "iso_code", nullptr};
    const char* const continent[] = {"continent", "code", nullptr};
    if (auto region = region_in(countries_, *found, country))
      return region;
    return region_in(continents_, *found, continent);
  }

private:
  std::optional<MMDB_entry_s> find_v4(const address_bytes& client) const {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    std::memcpy(&at.sin_addr, client.data() + 12, sizeof at.sin_addr);
    return find(reinterpret_cast<const sockaddr*>(&at));
  }

  std::optional<MMDB_entry_s> find_v6(const address_bytes& client) const {
    sockaddr_in6 at{};
    at.sin6_family = AF_INET6;
    std::memcpy(&at.sin6_addr, client.data(), sizeof at.sin6_addr);
    return find(reinterpret_cast<const sockaddr*>(&at));
  }

  std::optional<MMDB_entry_s> find(const sockaddr* at) const {
    int failed = MMDB_SUCCESS;
    auto found = MMDB_lookup_sockaddr(&database_, at, &failed);
    if (failed != MMDB_SUCCESS || !found.found_entry)
      return std::nullopt;
    return found.entry;
  }

  static std::optional<std::string> region_in(const regions_by_code& all,
                                              MMDB_entry_s entry,
                                              const char* const* path) {
    MMDB_entry_data_s code;
    if (MMDB_aget_value(&entry, &code, path) != MMDB_SUCCESS || !code.has_data
        || code.type != MMDB_DATA_TYPE_UTF8_STRING)
      return std::nullopt;
    auto region = all.find(std::string_view{code.utf8_string, code.data_size});
    if (region == all.end())
      return std::nullopt;
    return region->second;
  }

  regions_by_code continents_;
  regions_by_code countries_;
  MMDB_s database_{};
  bool open_ = false;
};

} // namespace

result<client_regions_ptr>
open_client_regions(const config::discovery_settings& by) {
  if (by.geoip_database.empty())
    return client_regions_ptr{};
  auto made = std::make_shared<geoip_regions>(by);
  if (auto opened = made->open(by.geoip_database); !opened)
    return opened.error();
  log::info("discovery.geoip", "file={} type={} built={}", by.geoip_database,
            made->metadata().database_type, made->metadata().build_epoch);
  return client_regions_ptr{std::move(made)};
}

} // namespace parley::gateway
