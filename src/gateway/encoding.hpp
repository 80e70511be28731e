#pragma once

#include <string_view>

namespace parley::gateway {

/// Whether a client that sent this Accept-Encoding takes `coding` (RFC 9110,
/// 12.5.3): it is listed, or `*` is and it is not, with a weight over 0. A
/// client that sent none is not sent any.
bool accepts_encoding(std::string_view accept_encoding,
                      std::string_view coding);

} // namespace parley::gateway
