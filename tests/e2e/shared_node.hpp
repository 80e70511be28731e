#pragma once

#include "support/account.hpp"
#include "support/server_process.hpp"

namespace parley::test {

/// The node that the cases of one test program share; they use fresh names.
server_process& node();

} // namespace parley::test
