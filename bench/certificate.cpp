#include "certificate.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <stdexcept>

namespace parley::bench {

std::string make_certificate(const std::filesystem::path& folder) {
  const auto path = (folder / "node").string();
  const auto line = fmt::format(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
      "-days 2 -subj /CN=bench -keyout {0}.key -out {0}.crt 2>/dev/null",
      path);
  if (std::system(line.c_str()) != 0)
    throw std::runtime_error("openssl makes no certificate");
  return path;
}

} // namespace parley::bench
