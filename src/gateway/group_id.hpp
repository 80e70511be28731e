#pragma once

#include "parley/base/clock.hpp"
#include "parley/base/random.hpp"

#include <string>
#include <string_view>

namespace parley::gateway {

/// The name of a new group. With a `cid` it follows from that and the user, so
/// that a repeated request finds the group that it made.
std::string new_group_id(std::string_view user, std::string_view cid,
                         timestamp now, random_source& random);

} // namespace parley::gateway
