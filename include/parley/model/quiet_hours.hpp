#pragma once

#include "parley/base/clock.hpp"
#include "parley/history/records.hpp"

namespace parley::model {

inline constexpr uint32_t day_minutes = 24 * 60;

/// Whether `now` is in the user's quiet hours, which may go over midnight.
bool is_quiet(const history::quiet_record& hours, timestamp now) noexcept;

} // namespace parley::model
