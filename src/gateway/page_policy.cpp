#include "gateway/page_policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace parley::gateway {

namespace {

/// An origin (the config has no other) by HTTP and by WebSocket, which a policy
/// tells apart.
std::string both_schemes(std::string_view origin) {
  constexpr std::string_view http = "http";
  return fmt::format(" {} ws{}", origin, origin.substr(http.size()));
}

/// Where a page may connect to, besides its own origin.
std::string other_nodes(const config::settings& from) {
  if (from.cluster.mode == "standalone")
    return {};
  std::string result;
  auto origins = from.http.allowed_origins;
  origins.push_back(from.http.public_url);
  std::sort(origins.begin(), origins.end());
  origins.erase(std::unique(origins.begin(), origins.end()), origins.end());
  for (const auto& origin : origins)
    result += both_schemes(origin);
  return result;
}

} // namespace

/// No script, style or frame but the node's own; what is dangerous to set as
/// HTML or as a script's address goes through one named policy.
std::string page_policy(const config::settings& from) {
  return fmt::format("default-src 'none'; script-src 'self'; "
                     "style-src 'self'; img-src 'self' data:; "
                     "connect-src 'self'{}; manifest-src 'self'; "
                     "worker-src 'self'; base-uri 'none'; form-action 'none'; "
                     "frame-ancestors 'none'; "
                     "require-trusted-types-for 'script'; "
                     "trusted-types parley",
                     other_nodes(from));
}

} // namespace parley::gateway
