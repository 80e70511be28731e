#pragma once

#include "parley/history/codecs.hpp"
#include "parley/history/keys.hpp"
#include "parley/history/records.hpp"
#include "parley/history/store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Questions to a store, typed. All block unless told `reach::memory`, and
/// belong into the reader pool.
namespace parley::history {

/// One state row decoded; nothing if it does not exist.
template <class Record>
result<std::optional<Record>> load(const store& from, std::string_view key,
                                   reach how = reach::disk) {
  auto bytes = from.get(family::state, key, how);
  if (!bytes)
    return bytes.error();
  if (!*bytes)
    return std::optional<Record>{};
  Record value;
  if (!decode(**bytes, value))
    return error{errc::internal, "a state record is damaged"};
  return std::optional<Record>{std::move(value)};
}

/// The state rows of one kind in [first, end), in key order, at most `max`.
template <class Record>
result<std::vector<Record>> load_range(const store& from,
                                       std::string_view first,
                                       std::string_view end, size_t max) {
  std::vector<Record> rows;
  bool sound = true;
  auto done = from.scan(family::state, first, end, false,
                        [&](std::string_view, std::string_view value) {
                          if (rows.size() == max)
                            return false;
                          Record row;
                          sound = decode(value, row);
                          if (sound)
                            rows.push_back(std::move(row));
                          return sound;
                        });
  if (!done)
    return done.error();
  if (!sound)
    return error{errc::internal, "a state record is damaged"};
  return rows;
}

/// All state rows of a kind under a prefix, in key order, at most `max`.
template <class Record>
result<std::vector<Record>> load_all(const store& from, std::string prefix,
                                     size_t max = SIZE_MAX) {
  return load_range<Record>(from, prefix, prefix_end(prefix), max);
}

/// The highest `seq` of a conversation and its entry's time; {0, 0} if empty.
result<std::pair<uint64_t, timestamp>> last_entry(const store& from,
                                                  const place& conv);

/// One entry as it was committed (body empty if it is gone) with its overlay.
/// Of a stretch of lost numbers the last has a row; the others read alike.
/// Errors: `not_found`.
result<std::pair<entry, overlay>> read_entry(const store& from,
                                             const place& conv, uint64_t seq);

/// Committed entries of (after, until], oldest first, at most `max`; one for a
/// stretch of lost numbers.
result<std::vector<entry>> read_entries(const store& from, const place& conv,
                                        uint64_t after, uint64_t until,
                                        size_t max);

/// The item at `seq` as the history shows it now, to someone who reads up to
/// `visible`: no edit and no reaction past it. Errors: `not_found`.
result<item> read_item(const store& from, const place& conv, uint64_t seq,
                       uint64_t visible = UINT64_MAX);

struct page_request {
  std::optional<uint64_t> before; ///< Exclusive.
  std::optional<uint64_t> after;  ///< Exclusive.
  size_t limit = limits::history_items_default;
  uint64_t visible = 0;  ///< Nothing past this `seq` is shown.
  bool each_lost = true; ///< Else one item for a whole stretch, its last.
};

struct page {
  std::vector<item> items; ///< Oldest first.
  bool complete = false;   ///< Nothing lies further in the paging direction.
};

/// A page by the contract's rules (History): at most `limit` items and about
/// limits::history_page_bytes of encoded JSON, but always one item.
result<page> read_page(const store& from, const place& conv,
                       const page_request& what);

/// How many `msg` entries of (after, until] others than `user` sent.
result<uint64_t> count_unread(const store& from, const place& conv,
                              std::string_view user, uint64_t after,
                              uint64_t until);

/// Inbox entries past `after`, in order, at most `max`.
result<std::vector<inbox_entry>>
read_inbox(const store& from, const place& user, uint64_t after, size_t max);

/// Finds how far an inbox may be trimmed: the highest `useq` such that all up
/// to it are older than `before` and at least `keep` entries remain of
/// `entries` in all. 0: nothing to trim.
result<uint64_t> trim_point(const store& from, const place& user,
                            timestamp before, uint64_t keep, uint64_t entries);

/// Accounts whose name begins with `prefix`, over these partitions, by name.
result<std::vector<account_record>>
search_accounts(const store& from, const std::vector<uint16_t>& partitions,
                std::string_view prefix, size_t max);

} // namespace parley::history
