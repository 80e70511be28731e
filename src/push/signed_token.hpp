#pragma once

#include <string>
#include <string_view>

namespace parley::push {

/// A JSON Web Token (RFC 7519); nothing if the key does not fit.
/// @param algorithm "ES256" or "RS256".
/// @param key in PEM.
/// @param key_id goes into the header, unless it is empty.
/// @param claims a JSON object.
std::string sign_token(std::string_view algorithm, const std::string& key,
                       const std::string& key_id, const std::string& claims);

} // namespace parley::push
