#pragma once

#include "parley/base/error.hpp"

#include <string>

namespace parley::push {

/// The key by which push services know this installation (RFC 8292). Browsers
/// bind their subscriptions to it: with another key all of them are void.
class vapid_keys {
public:
  /// Reads the key from a file (PEM, mode 0600), or makes it there. Blocks.
  /// Errors: `internal`, with the file and what is wrong with it.
  static result<vapid_keys> open(const std::string& path);

  /// What a page gives to `PushManager.subscribe()`: base64url.
  const std::string& public_key() const noexcept { return public_key_; }
  /// Names the key in a log: the first bytes of its SHA-256, in hexadecimal.
  const std::string& fingerprint() const noexcept { return fingerprint_; }
  /// The secret itself, in PEM.
  const std::string& private_key() const noexcept { return private_key_; }

private:
  std::string private_key_;
  std::string public_key_;
  std::string fingerprint_;
};

} // namespace parley::push
