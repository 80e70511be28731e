#pragma once

#include "support/temporary_directory.hpp"

#include <string>

namespace parley::test {

/// Authorities and their certificates, in a folder that goes with the object.
class certificates {
public:
  /// Makes NAME.crt and NAME.key, signed by the authority, which is made with
  /// its first certificate, and NAME.ca, a copy of the authority's own.
  /// @returns the path of the three, without what follows the name.
  std::string issue(const std::string& authority, const std::string& name);

private:
  temporary_directory folder_;
};

} // namespace parley::test
