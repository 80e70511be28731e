#pragma once

#include "gateway/http_types.hpp"

#include <optional>
#include <string_view>

namespace parley::gateway {

/// A file that is part of the binary; the table is generated from assets/.
struct asset {
  std::string_view path; ///< "index.html"
  std::string_view bytes;
};

/// The file at `path` (without its leading slash; empty: the index), or 304 if
/// the client has it. Nothing if there is no such file: only names in the
/// table exist, so a path cannot lead anywhere else.
std::optional<http_reply> static_file(std::string_view path,
                                      std::string_view if_none_match);

} // namespace parley::gateway
