#pragma once

#include "gateway/exchange.hpp"

#include <memory>
#include <string>

namespace parley::gateway {

/// Brings one whole HTTP request to what answers it: a route, a static file, or
/// the error that it deserves.
void dispatch(const services_ptr& with, const hub_ptr& on, http_head head,
              std::string body, std::shared_ptr<responder> to);

} // namespace parley::gateway
