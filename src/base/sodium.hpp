#pragma once

#include <sodium.h>

#include <cstdlib>

namespace parley {

/// Makes libsodium ready (it picks the processor's fastest code). Thread-safe,
/// and next to free after the first call. Without it there are neither hashes
/// nor secrets, so that its failure ends the process.
inline void use_sodium() noexcept {
  static const int ready = sodium_init();
  if (ready < 0)
    std::abort();
}

} // namespace parley
