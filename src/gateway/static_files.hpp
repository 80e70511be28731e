#pragma once

#include "gateway/http_types.hpp"

#include <optional>
#include <string_view>

namespace parley::gateway {

/// What a browser says about files that it asks for.
struct file_request {
  std::string_view if_none_match;
  std::string_view accept_encoding;
};

/// The file at `path` (without its leading slash; of a folder: its index), as
/// small as the client takes it, or 304 if the client has it. Nothing if there
/// is no such file: only names in the table of assets exist, so a path cannot
/// lead anywhere else.
std::optional<http_reply> static_file(std::string_view path,
                                      const file_request& from);

} // namespace parley::gateway
