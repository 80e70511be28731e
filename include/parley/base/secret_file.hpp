#pragma once

#include "parley/base/error.hpp"
#include "parley/base/random.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace parley {

inline constexpr size_t secret_bytes_min = 32;
inline constexpr size_t secret_bytes_max = 4096;

/// Reads the secret at `path`, or makes it: 32 random bytes, mode 0600, all of
/// them or nothing whatever crashes. Its directory must exist. Errors:
/// `internal` with the file and what is wrong: no permission, too short, too
/// long, not a plain file, open to others than its owner.
result<std::string> open_secret(const std::string& path, random_source& random);

/// The same for a secret of another form, such as a key in PEM: `make` gives
/// it, and is called only if there is none yet.
result<std::string> open_secret(const std::string& path,
                                const std::function<std::string()>& make);

/// Reads a small file as it is. Errors: `internal`.
result<std::string> read_small_file(const std::string& path, size_t bytes_max);

} // namespace parley
