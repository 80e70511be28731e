#pragma once

#include <caf/actor.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <cstddef>
#include <string_view>
#include <vector>

namespace parley::server {

/// Asks actors to end, waits for all of them at most `within`, kills those that
/// are left and names them in the log as `what`. Blocks; `self` is the calling
/// thread's.
/// @returns how many had to be killed.
size_t drain(caf::scoped_actor& self, const std::vector<caf::actor>& all,
             std::chrono::milliseconds within, std::string_view what);

} // namespace parley::server
