#pragma once

#include "parley/base/error.hpp"
#include "parley/config/settings.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace parley::gateway {

/// A client's IP address; an IPv4 one as IPv6 maps it.
using address_bytes = std::array<uint8_t, 16>;

/// In which regions clients are, by their addresses.
class client_regions {
public:
  virtual ~client_regions() = default;

  /// Nothing for an address that is not known, or in none of the regions. Safe
  /// to call from any thread.
  virtual std::optional<std::string> of(const address_bytes& client) const = 0;
};

using client_regions_ptr = std::shared_ptr<const client_regions>;

/// Opens the database that the settings name; null if they name none. Errors:
/// `bad_request` with the key, the file and the reason, for the operator.
result<client_regions_ptr>
open_client_regions(const config::discovery_settings& by);

} // namespace parley::gateway
