#include "push/endpoint.hpp"

#include "push/addresses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <curl/curl.h>
#include <memory>
#include <string_view>

namespace parley::push {

namespace {

struct url_free {
  void operator()(CURLU* x) const noexcept { curl_url_cleanup(x); }
};
using url_ptr = std::unique_ptr<CURLU, url_free>;

std::string part(const url_ptr& of, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(of.get(), which, &text, 0) != CURLUE_OK)
    return {};
  std::unique_ptr<char, decltype(&curl_free)> owned{text, curl_free};
  return text;
}

error bad_url(std::string_view why) {
  return {errc::bad_request, fmt::format("endpoint: {}", why)};
}

/// The rest would have to be escaped, and is no URL as it stands.
bool is_plain(std::string_view url) {
  return std::all_of(url.begin(), url.end(),
                     [](char c) { return c > ' ' && c < '\x7f'; });
}

std::string origin_of(const url_ptr& url, const std::string& scheme,
                      const std::string& host) {
  auto port = part(url, CURLUPART_PORT);
  if (port.empty() || port == (scheme == "https" ? "443" : "80"))
    return fmt::format("{}://{}", scheme, host);
  return fmt::format("{}://{}:{}", scheme, host, port);
}

} // namespace

result<endpoint> parse_endpoint(const std::string& text, bool allow_private) {
  url_ptr url{curl_url()};
  if (!is_plain(text)
      || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK)
    return bad_url("expected a URL");
  auto scheme = part(url, CURLUPART_SCHEME);
  if (scheme != "https" && !(scheme == "http" && allow_private))
    return bad_url("expected https");
  if (!part(url, CURLUPART_USER).empty()
      || !part(url, CURLUPART_PASSWORD).empty())
    return bad_url("expected no user in it");
  auto host = part(url, CURLUPART_HOST);
  if (!part(url, CURLUPART_ZONEID).empty())
    return bad_url("expected no zone in the address");
  switch (kind_of_host(host)) {
    case host_kind::malformed:
      return bad_url("expected a name or an address as its host");
    case host_kind::private_literal:
      if (!allow_private)
        return bad_url("leads to a private address");
      break;
    case host_kind::name:
    case host_kind::public_literal:
      break;
  }
  curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0);
  return endpoint{part(url, CURLUPART_URL),
                  origin_of(url, scheme, lower_case(host))};
}

} // namespace parley::push
