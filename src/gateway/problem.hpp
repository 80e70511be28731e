#pragma once

#include "gateway/http_types.hpp"

#include "parley/base/error.hpp"

namespace parley::gateway {

/// An error as an answer: RFC 9457, with the status that the contract gives to
/// its code.
http_reply problem(const error& why);

/// The same under another status, for what only HTTP knows (405, 431, …).
http_reply problem(const error& why, unsigned status);

} // namespace parley::gateway
