#include "parley/history/push_rows.hpp"

#include "parley/history/codecs.hpp"
#include "parley/history/keys.hpp"
#include "parley/history/reader.hpp"

#include <utility>

namespace parley::history {

namespace {

error damaged_push() {
  return {errc::internal, "a row of notifications is damaged"};
}

template <class Record>
bool add_decoded(std::vector<Record>& to, std::string_view value) {
  return decode(value, to.emplace_back());
}

bool add_push_row(push_rows& to, char part, std::string_view value) {
  switch (static_cast<push_part>(part)) {
    case push_part::quiet:
      return decode(value, to.quiet);
    case push_part::subscription:
      return add_decoded(to.subscriptions, value);
    case push_part::waiting:
      return add_decoded(to.waiting, value);
  }
  return false;
}

} // namespace

result<push_rows> load_push(const store& from, const place& user) {
  push_rows all;
  auto prefix = state_key(record::push, user);
  auto sound = true;
  auto done = from.scan(family::state, prefix, prefix_end(prefix), false,
                        [&](std::string_view key, std::string_view value) {
                          sound =
                              key.size() > prefix.size()
                              && add_push_row(all, key[prefix.size()], value);
                          return sound;
                        });
  if (!done)
    return done.error();
  if (!sound)
    return damaged_push();
  auto mark = load<push_mark_record>(from, state_key(record::push_mark, user));
  if (!mark)
    return mark.error();
  all.mark = std::move(*mark);
  return all;
}

result<marked_users> read_push_marks(const store& from, uint16_t partition,
                                     const std::string& next, size_t max) {
  marked_users page;
  auto prefix = state_prefix(record::push_mark, partition);
  auto sound = true;
  auto done =
      from.scan(family::state, next.empty() ? prefix : next, prefix_end(prefix),
                false, [&](std::string_view key, std::string_view value) {
                  if (page.users.size() == max) {
                    page.next = key;
                    return false;
                  }
                  push_mark_record row;
                  sound = decode(value, row);
                  page.users.push_back(std::move(row.user));
                  return sound;
                });
  if (!done)
    return done.error();
  if (!sound)
    return damaged_push();
  return page;
}

} // namespace parley::history
