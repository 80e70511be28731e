#pragma once

#include <filesystem>
#include <string>

namespace parley::bench {

/// One certificate for both ends of a link, which is its own authority.
/// @returns the path of both files without `.key` and `.crt`.
/// @throws std::runtime_error if openssl makes none.
std::string make_certificate(const std::filesystem::path& folder);

} // namespace parley::bench
