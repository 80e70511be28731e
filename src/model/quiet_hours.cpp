#include "parley/model/quiet_hours.hpp"

namespace parley::model {

bool is_quiet(const history::quiet_record& hours, timestamp now) noexcept {
  if (hours.from == hours.to)
    return false;
  constexpr timestamp minute_ms = 60'000;
  constexpr auto day = static_cast<timestamp>(day_minutes);
  auto of_day = (now / minute_ms + hours.offset_minutes) % day;
  auto minute = static_cast<uint32_t>((of_day + day) % day);
  if (hours.from < hours.to)
    return minute >= hours.from && minute < hours.to;
  return minute >= hours.from || minute < hours.to;
}

} // namespace parley::model
