#include "parley/server/link.hpp"

#include <fmt/format.h>

namespace parley::server {

std::string link_to(std::string_view address) {
  auto colon = address.rfind(':');
  auto host = address.substr(0, colon);
  if (host == "0.0.0.0" || host == "[::]")
    return fmt::format("http://localhost{}", address.substr(colon));
  return fmt::format("http://{}", address);
}

} // namespace parley::server
