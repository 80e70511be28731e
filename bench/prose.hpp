#pragma once

#include <cstddef>
#include <string>

namespace parley::bench {

/// Text of made-up words, some of them much more frequent than others, as in
/// any language. Always the same.
std::string make_prose(size_t bytes);

} // namespace parley::bench
