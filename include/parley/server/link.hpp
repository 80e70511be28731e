#pragma once

#include <string>
#include <string_view>

namespace parley::server {

/// The address of a listener as a link that can be followed on this machine:
/// "0.0.0.0:8080" becomes "http://localhost:8080".
std::string link_to(std::string_view address);

} // namespace parley::server
