#include "gateway/origin.hpp"

#include <algorithm>
#include <cctype>

namespace parley::gateway {

namespace {

/// "host:port" of an origin; empty if it is none, such as "null".
std::string_view authority_of(std::string_view origin) {
  for (std::string_view scheme : {"http://", "https://"})
    if (origin.starts_with(scheme))
      return origin.substr(scheme.size());
  return {};
}

bool same_host(std::string_view a, std::string_view b) {
  auto lower = [](char c) {
    return std::tolower(static_cast<unsigned char>(c));
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

} // namespace

origin_rules::origin_rules(const config::http_settings& from)
    : allowed_(from.allowed_origins) {
  allowed_.push_back(from.public_url);
}

bool origin_rules::allows(std::string_view origin,
                          std::string_view host) const {
  if (origin.empty())
    return true;
  if (std::find(allowed_.begin(), allowed_.end(), origin) != allowed_.end())
    return true;
  auto authority = authority_of(origin);
  return !authority.empty() && same_host(authority, host);
}

void add_cors(http_reply& to, const std::string& origin) {
  to.headers.emplace_back("Vary", "Origin");
  if (origin.empty())
    return;
  to.headers.emplace_back("Access-Control-Allow-Origin", origin);
  to.headers.emplace_back("Access-Control-Expose-Headers", "Retry-After");
}

http_reply options_reply(const std::string& allow, const std::string& origin) {
  http_reply reply;
  reply.status = 204;
  reply.headers.emplace_back("Allow", allow);
  if (origin.empty())
    return reply;
  reply.headers.emplace_back("Access-Control-Allow-Methods", allow);
  reply.headers.emplace_back("Access-Control-Allow-Headers",
                             "Authorization, Content-Type");
  reply.headers.emplace_back("Access-Control-Max-Age", "600");
  return reply;
}

} // namespace parley::gateway
