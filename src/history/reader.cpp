#include "parley/history/reader.hpp"

#include "history/entry_head.hpp"
#include "history/message_rows.hpp"

#include <algorithm>
#include <limits>

namespace parley::history {

namespace {

constexpr auto seq_max = std::numeric_limits<uint64_t>::max();

error damaged(std::string_view what) {
  return {errc::internal, std::string{what} + " is damaged"};
}

} // namespace

result<void> scan_messages(const store& from, const place& conv, uint64_t first,
                           uint64_t last, bool reverse,
                           const row_visitor& visit) {
  if (first > last)
    return {};
  bool sound = true;
  // The end is exclusive: the key right after that of the last overlay.
  auto end = overlay_key(conv, last) + '\0';
  auto done = from.scan(family::messages, entry_key(conv, first), end, reverse,
                        [&](std::string_view key, std::string_view value) {
                          message_row row;
                          row.value = value;
                          sound = parse_message_key(key, row.seq, row.part);
                          return sound && visit(row, sound) && sound;
                        });
  if (!done)
    return done;
  if (!sound)
    return damaged("a message");
  return {};
}

bool decode_row(const message_row& row, entry& x) {
  return decode(row.value, x) && x.seq == row.seq;
}

result<std::pair<uint64_t, timestamp>> last_entry(const store& from,
                                                  const place& conv) {
  std::pair<uint64_t, timestamp> last{0, 0};
  auto done = scan_messages(
      from, conv, 0, seq_max, true, [&](const message_row& row, bool& sound) {
        if (row.part == row_part::overlay)
          return true;
        entry_head head;
        sound = decode_head(row.value, head) && head.seq == row.seq;
        last = {head.seq, head.ts};
        return false;
      });
  if (!done)
    return done.error();
  return last;
}

result<bool> is_lost(const store& from, const place& conv, uint64_t seq) {
  bool lost = false;
  auto done = scan_messages(from, conv, seq, seq_max, false,
                            [&](const message_row& row, bool& sound) {
                              if (row.part == row_part::overlay)
                                return true;
                              entry_head head;
                              sound = decode_head(row.value, head)
                                      && head.seq == row.seq;
                              lost = head.kind == entry_kind::lost;
                              return false;
                            });
  if (!done)
    return done.error();
  return lost;
}

result<std::pair<entry, overlay>> read_entry(const store& from,
                                             const place& conv, uint64_t seq) {
  std::pair<entry, overlay> found;
  bool exists = false;
  auto done = scan_messages(from, conv, seq, seq, false,
                            [&](const message_row& row, bool& sound) {
                              if (row.part == row_part::entry) {
                                exists = true;
                                sound = decode_row(row, found.first);
                              } else {
                                sound = decode(row.value, found.second);
                              }
                              return true;
                            });
  if (!done)
    return done.error();
  if (exists)
    return found;
  auto lost = is_lost(from, conv, seq);
  if (!lost)
    return lost.error();
  if (!*lost)
    return error{errc::not_found, "there is no such message"};
  found.first.kind = entry_kind::lost;
  found.first.seq = seq;
  return found;
}

result<std::vector<entry>> read_entries(const store& from, const place& conv,
                                        uint64_t after, uint64_t until,
                                        size_t max) {
  std::vector<entry> entries;
  if (after >= until || max == 0)
    return entries;
  auto done = scan_messages(from, conv, after + 1, until, false,
                            [&](const message_row& row, bool& sound) {
                              if (row.part == row_part::overlay)
                                return true;
                              sound = decode_row(row, entries.emplace_back());
                              return entries.size() < max;
                            });
  if (!done)
    return done.error();
  return entries;
}

result<uint64_t> count_unread(const store& from, const place& conv,
                              std::string_view user, uint64_t after,
                              uint64_t until) {
  uint64_t unread = 0;
  if (after >= until)
    return unread;
  auto done =
      scan_messages(from, conv, after + 1, until, false,
                    [&](const message_row& row, bool& sound) {
                      if (row.part == row_part::overlay)
                        return true;
                      entry_head head;
                      sound = decode_head(row.value, head);
                      if (head.kind == entry_kind::msg && head.from != user)
                        ++unread;
                      return true;
                    });
  if (!done)
    return done.error();
  return unread;
}

namespace {

/// Calls `visit` for each chunk of an inbox that reaches past `after`, oldest
/// first, until it returns false.
result<void>
scan_inbox(const store& from, const place& user, uint64_t after,
           const std::function<bool(const inbox_chunk& chunk)>& visit) {
  if (after == seq_max)
    return {};
  bool sound = true;
  inbox_chunk chunk;
  auto done = from.scan(family::inbox, inbox_key(user, after + 1),
                        inbox_key(user, seq_max) + '\0', false,
                        [&](std::string_view key, std::string_view value) {
                          uint64_t last = 0;
                          sound = parse_inbox_key(key, last)
                                  && decode(value, chunk)
                                  && !chunk.entries.empty()
                                  && chunk.entries.back().useq == last;
                          return sound && visit(chunk);
                        });
  if (!done)
    return done;
  if (!sound)
    return damaged("an inbox");
  return {};
}

} // namespace

result<std::vector<inbox_entry>>
read_inbox(const store& from, const place& user, uint64_t after, size_t max) {
  std::vector<inbox_entry> entries;
  if (max == 0)
    return entries;
  auto done = scan_inbox(from, user, after, [&](const inbox_chunk& chunk) {
    for (const auto& x : chunk.entries)
      if (x.useq > after && entries.size() < max)
        entries.push_back(x);
    return entries.size() < max;
  });
  if (!done)
    return done.error();
  return entries;
}

result<uint64_t> trim_point(const store& from, const place& user,
                            timestamp before, uint64_t keep, uint64_t entries) {
  uint64_t point = 0;
  if (entries <= keep)
    return point;
  auto removable = entries - keep; // The first so many in all.
  auto done = scan_inbox(from, user, 0, [&](const inbox_chunk& chunk) {
    auto ordinal = chunk.ordinal;
    for (const auto& x : chunk.entries) {
      if (ordinal++ >= removable || x.ts >= before)
        return false;
      point = x.useq;
    }
    return true;
  });
  if (!done)
    return done.error();
  return point;
}

result<std::vector<account_record>>
search_accounts(const store& from, const std::vector<uint16_t>& partitions,
                std::string_view prefix, size_t max) {
  std::vector<account_record> found;
  auto cut = [&] {
    std::ranges::sort(found, {}, &account_record::user);
    found.resize(std::min(found.size(), max));
  };
  for (auto partition : partitions) {
    auto rows =
        load_all<account_record>(from, account_key(partition, prefix), max);
    if (!rows)
      return rows.error();
    std::ranges::move(*rows, std::back_inserter(found));
    // Now and then, so that memory does not grow with the partitions.
    if (found.size() > 2 * max)
      cut();
  }
  cut();
  return found;
}

} // namespace parley::history
