#pragma once

#include "parley/base/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace parley {

/// Gives random bytes. Passed in, so that a seed reproduces a test. Safe to
/// call from any thread.
class random_source {
public:
  virtual ~random_source() = default;
  virtual void fill(void* to, size_t bytes) noexcept = 0;
};

/// The operating system's generator, fit for secrets.
random_source& system_random() noexcept;

/// A ULID (26 characters of Crockford's base 32): 48 bits of `now`, 80 random.
std::string make_ulid(timestamp now, random_source& random);

/// `bytes` random bytes as base64url without padding.
std::string make_secret(size_t bytes, random_source& random);

} // namespace parley
