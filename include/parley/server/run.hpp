#pragma once

#include "parley/config/settings.hpp"

#include <string_view>

namespace parley::server {

/// "0.1.0"
std::string_view version() noexcept;

/// Runs a node until SIGTERM, SIGINT or the operator's `shutdown`. Call it from
/// the main thread, before there are others: it waits for the signals there.
/// @returns the exit status: 0 after an orderly stop, 1 when the node could not
/// start, 2 when a file that the settings name is not what they say (GeoIP's
/// database); nothing is made then. A failed write ends the process at once
/// with 70 (I9).
int run(const config::settings& with);

} // namespace parley::server
