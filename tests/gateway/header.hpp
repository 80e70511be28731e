#pragma once

#include "gateway/http_types.hpp"

#include <string>
#include <string_view>

namespace parley::test {

/// The value of a header, or nothing.
inline std::string header(const gateway::http_reply& reply,
                          std::string_view name) {
  for (const auto& [key, value] : reply.headers)
    if (key == name)
      return value;
  return {};
}

} // namespace parley::test
