#pragma once

#include "parley/actors/context.hpp"
#include "parley/base/clock.hpp"
#include "parley/base/error.hpp"
#include "parley/config/settings.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace parley::gateway {

/// Makes and checks access tokens: JWT (RFC 7519) with HS256 under the node's
/// own secret, and, if configured, those of an external login service. Safe to
/// call from any thread.
class token_service final : public token_checker {
public:
  /// Reads the secret, or makes it (mode 0600) at the first start. Errors:
  /// `internal` with the file and what is wrong with it (too short, readable by
  /// others, a public key that does not parse).
  static result<std::unique_ptr<token_service>>
  open(const config::settings& from, const wall_clock& clock);

  ~token_service() override;

  /// An access token of one login, valid for auth.access_ttl.
  std::string issue(std::string_view user, std::string_view login) const;

  result<identity> check(std::string_view token) const override;

  /// Of the secret, which all nodes of a cluster share.
  hash128 secret_digest() const;

private:
  token_service();

  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace parley::gateway
