#pragma once

#include "parley/base/error.hpp"

#include <string_view>

namespace parley::gateway {

/// Whether `pem` holds a public key that tokens of `algorithm` can be checked
/// with: RS256 an RSA key of at least 2048 bits (RFC 7518, 3.3), ES256 an EC
/// key on P-256. Errors: `internal` with what is wrong.
result<void> check_public_key(std::string_view pem, std::string_view algorithm);

} // namespace parley::gateway
