#include "parley/server/recovery.hpp"

#include "parley/history/outboxes.hpp"
#include "parley/history/reader.hpp"

namespace parley::server {

result<open_work>
find_open_work(const history::store& in, uint32_t partitions,
               const std::function<void(const std::string& conv)>& wake) {
  open_work found;
  for (uint32_t partition = 0; partition < partitions; ++partition) {
    auto rows = history::read_outboxes(in, static_cast<uint16_t>(partition), {},
                                       SIZE_MAX);
    if (!rows)
      return rows.error();
    for (const auto& row : *rows) {
      auto last = history::last_entry(in, place_of(row.conv, partitions));
      if (!last)
        return last.error();
      ++found.conversations;
      if (last->first > row.delivered)
        found.entries += last->first - row.delivered;
      wake(row.conv);
    }
  }
  return found;
}

} // namespace parley::server
