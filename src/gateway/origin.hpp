#pragma once

#include "gateway/http_types.hpp"

#include "parley/config/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace parley::gateway {

/// Which pages may call the node (RFC 6454, the Fetch standard's CORS).
class origin_rules {
public:
  explicit origin_rules(const config::http_settings& from);

  /// Whether a request with these headers is let in: without an `Origin`, from
  /// the node's own pages, or from a configured origin.
  bool allows(std::string_view origin, std::string_view host) const;

private:
  std::vector<std::string> allowed_;
};

/// Lets the page of an allowed origin read the answer. Nothing if `origin` is
/// empty.
void add_cors(http_reply& to, const std::string& origin);

/// The answer to OPTIONS, a browser's preflight among them. `allow` lists the
/// methods of the path.
http_reply options_reply(const std::string& allow, const std::string& origin);

} // namespace parley::gateway
