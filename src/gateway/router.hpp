#pragma once

#include "gateway/exchange.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace parley::gateway {

using handler = void (*)(const exchange_ptr&);

struct route {
  enum class access : uint8_t { anyone, user };

  verb method;
  std::string_view pattern; ///< "/v1/blocks/{user}"
  access who;
  handler run;
};

/// What a path and a method lead to.
struct match {
  const route* to = nullptr;
  path_params params;
  std::string allow; ///< The methods of the path; empty: it does not exist.
};

/// HEAD leads where GET does. Segments are compared decoded.
match find_route(std::span<const route> among, verb method,
                 const std::vector<std::string>& segments);

/// The token of `Authorization: Bearer …`; empty if there is none.
std::string_view bearer_token(std::string_view authorization);

/// Runs the route; before that, where it demands a user, admits them.
void run_route(const route& to, const exchange_ptr& x);

} // namespace parley::gateway
