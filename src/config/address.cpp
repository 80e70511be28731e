#include "parley/config/address.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/rfc/authority_rule.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

namespace parley::config {

namespace urls = boost::urls;

namespace {

/// A port that is written and fits; Boost.URL reads "0" for one that is too
/// large and accepts an empty one.
bool has_valid_port(const urls::authority_view& authority) {
  auto text = authority.port();
  return !text.empty() && (authority.port_number() != 0 || text == "0");
}

} // namespace

std::optional<listen_address> parse_listen(std::string_view text) {
  auto parsed = urls::parse_authority(text);
  if (!parsed || parsed->has_userinfo() || !has_valid_port(*parsed))
    return std::nullopt;
  auto result = listen_address{parsed->host_address(), parsed->port_number()};
  switch (parsed->host_type()) {
    case urls::host_type::ipv4:
      result.loopback = parsed->host_ipv4_address().is_loopback();
      return result;
    case urls::host_type::ipv6:
      result.loopback = parsed->host_ipv6_address().is_loopback();
      return result;
    default:
      return std::nullopt;
  }
}

bool is_server(std::string_view text) {
  auto parsed = urls::parse_authority(text);
  return parsed && !parsed->has_userinfo() && has_valid_port(*parsed)
         && parsed->port_number() != 0 && !parsed->encoded_host().empty()
         && text.find_first_of(",/") == std::string_view::npos;
}

bool is_origin(std::string_view text) {
  auto parsed = urls::parse_uri(text);
  if (!parsed || parsed->has_userinfo() || parsed->encoded_host().empty()
      || !parsed->encoded_path().empty() || parsed->has_query()
      || parsed->has_fragment())
    return false;
  auto secure = parsed->scheme_id() == urls::scheme::https;
  if (!secure && parsed->scheme_id() != urls::scheme::http)
    return false;
  if (std::any_of(text.begin(), text.end(),
                  [](char c) { return (c >= 'A' && c <= 'Z') || c == '%'; }))
    return false;
  if (!parsed->has_port())
    return true;
  auto own_port = secure ? 443 : 80;
  return has_valid_port(parsed->authority())
         && parsed->port_number() != own_port && parsed->port_number() != 0;
}

} // namespace parley::config
