#pragma once

#include "gateway/exchange.hpp"

namespace parley::gateway {

/// A name from the path, checked by form. An ill-formed one answers the
/// exchange with `not_found`, as one that does not exist would, and gives null.
const std::string* conversation_in(const exchange_ptr& x);
const std::string* group_in(const exchange_ptr& x);
const std::string* user_in(const exchange_ptr& x);
const std::string* device_in(const exchange_ptr& x);

} // namespace parley::gateway
