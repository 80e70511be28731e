#pragma once

#include "parley/base/error.hpp"

#include <caf/error.hpp>

namespace parley {

/// `parley::error` as it travels between actors, and back. Errors of CAF's own
/// (a timeout, an actor that is gone) read as `unavailable`.
caf::error to_caf(const error& why);
caf::error to_caf(errc code, std::string message);
error from_caf(const caf::error& why);

} // namespace parley
