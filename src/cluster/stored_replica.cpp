#include "cluster/stored_replica.hpp"

#include "parley/base/log.hpp"

#include <algorithm>
#include <utility>

namespace parley::cluster {

history::log_row row_of(const rep::log_entry& x) {
  return {x.index, x.epoch, x.crc32c, x.payload};
}

rep::log_entry entry_of(uint16_t partition, history::log_row x) {
  return {partition, x.crc32c, x.epoch, x.index, std::move(x.payload)};
}

result<stored_replica> read_replica(const history::store& from,
                                    uint16_t partition,
                                    const history::log_marks& marks) {
  stored_replica found;
  const auto& [epoch, base_epoch, base, applied] = marks;
  found.state = {epoch, rep::log_outline{{base_epoch, base}}, applied};
  found.log = recent_log{base};
  auto& outline = found.state.log;
  auto sound = true;
  auto take = [&](history::log_row row) {
    auto next = entry_of(partition, std::move(row));
    sound = next.index == outline.end() + 1
            && next.epoch >= outline.last_epoch()
            && next.crc32c == checksum(next);
    if (!sound)
      return false;
    outline.push(next.epoch);
    if (next.index <= applied)
      found.log.push_stored(next.payload.size());
    else
      found.log.push(std::move(next));
    return true;
  };
  auto read = history::read_log(from, partition, base + 1, UINT64_MAX, take);
  if (read && sound)
    return found;
  log::error("replica.damaged",
             "partition={} index={}: the log is damaged, the partition will "
             "be copied anew",
             partition, outline.end() + 1);
  // What lies behind the damage had been promised, too.
  found.state.applied = std::max(applied, outline.end() + 1);
  return found;
}

} // namespace parley::cluster
