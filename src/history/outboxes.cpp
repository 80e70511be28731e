#include "parley/history/outboxes.hpp"

#include "parley/history/codecs.hpp"
#include "parley/history/keys.hpp"

#include <string>
#include <utility>

namespace parley::history {

result<std::vector<outbox_record>> read_outboxes(const store& from,
                                                 uint16_t partition,
                                                 std::optional<place> after,
                                                 size_t max) {
  auto prefix = state_prefix(record::outbox, partition);
  auto first = after ? state_key(record::outbox, *after) + '\0' : prefix;
  std::vector<outbox_record> rows;
  auto sound = true;
  auto done = from.scan(family::state, first, prefix_end(prefix), false,
                        [&](std::string_view, std::string_view value) {
                          if (rows.size() == max)
                            return false;
                          outbox_record row;
                          sound = decode(value, row);
                          if (sound)
                            rows.push_back(std::move(row));
                          return sound;
                        });
  if (!done)
    return done.error();
  if (!sound)
    return error{errc::internal, "an outbox row is damaged"};
  return rows;
}

} // namespace parley::history
