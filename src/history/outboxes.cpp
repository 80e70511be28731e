#include "parley/history/outboxes.hpp"

#include "parley/history/keys.hpp"
#include "parley/history/reader.hpp"

namespace parley::history {

result<std::vector<outbox_record>> read_outboxes(const store& from,
                                                 uint16_t partition,
                                                 std::optional<place> after,
                                                 size_t max) {
  auto prefix = state_prefix(record::outbox, partition);
  auto first = after ? state_key(record::outbox, *after) + '\0' : prefix;
  return load_range<outbox_record>(from, first, prefix_end(prefix), max);
}

} // namespace parley::history
