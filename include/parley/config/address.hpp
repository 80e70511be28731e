#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parley::config {

/// Where a listener binds.
struct listen_address {
  std::string host; ///< An IPv4 or IPv6 address, without brackets.
  uint16_t port = 0;
  bool loopback = false; ///< Out of reach from other machines.
};

/// Reads `127.0.0.1:8080` or `[::1]:8080`. Host names are refused: a listener
/// must not depend on a resolver.
std::optional<listen_address> parse_listen(std::string_view text);

/// Whether `text` is `host:port`, of a name or an address, to connect to.
bool is_server(std::string_view text);

/// Whether `text` is an origin exactly as a browser sends it: http or https,
/// the host in lower case, a port unless it is the scheme's own, no path.
bool is_origin(std::string_view text);

} // namespace parley::config
