#pragma once

#include "parley/gateway/client_regions.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// HTTP as values, so that what answers requests knows no Beast.
namespace parley::gateway {

enum class verb : uint8_t { get, head, post, put, patch, del, options, other };

std::string_view to_string(verb x) noexcept;

/// The parts of a request's head that anything here asks for, and whose
/// connection it came over.
struct http_head {
  address_bytes from{};
  verb method = verb::other;
  std::string target;
  std::string host;
  std::string origin;
  std::string authorization;
  std::string if_none_match;
  std::string accept_encoding;
};

struct http_reply {
  unsigned status = 200;
  std::string_view type = "application/json";
  std::string body;
  std::vector<std::pair<std::string_view, std::string>> headers;
};

} // namespace parley::gateway
