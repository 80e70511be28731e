#pragma once

#include "support/json.hpp"

#include <memory>
#include <string>
#include <string_view>

/// JSON Web Tokens (RFC 7519) made without the library that the node uses, good
/// ones and forged ones.
namespace parley::test {

/// A key pair for RS256, ES256 or EdDSA.
class signing_key {
public:
  explicit signing_key(std::string_view algorithm);
  signing_key(signing_key&&) noexcept;
  ~signing_key();

  std::string public_pem() const;
  std::string sign(const json::object& claims) const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

std::string hs256_token(std::string_view secret, const json::object& claims);

/// A token that claims "alg":"none" and has no signature.
std::string unsigned_token(const json::object& claims);

/// The token with another subject under the old signature.
std::string with_subject(std::string_view token, std::string_view user);

json::object claims_of(std::string_view token);

/// Claims of a token for `user` that is good for an hour.
json::object claims_for(std::string_view user);

} // namespace parley::test
