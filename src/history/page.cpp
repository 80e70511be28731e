#include "history/json_size.hpp"
#include "history/message_rows.hpp"

#include "parley/history/reader.hpp"

#include <algorithm>
#include <limits>

namespace parley::history {

namespace {

/// What a page's frame has beside its items.
constexpr size_t envelope_bytes = 1024;
constexpr size_t items_bytes_max = limits::history_page_bytes - envelope_bytes;

/// An entry with its overlay, on the way to become an item.
struct draft {
  uint64_t seq = 0;
  bool exists = false; ///< Its entry was read, not only an overlay.
  item shown;
  overlay changes;
};

/// The newest edit that a reader of everything up to `visible` may see; 0:
/// none.
uint64_t newest_edit(const draft& x, uint64_t visible) {
  if (x.shown.what.kind != entry_kind::msg)
    return 0;
  auto past = std::ranges::upper_bound(x.changes.edits, visible);
  return past == x.changes.edits.begin() ? 0 : *std::prev(past);
}

/// Applies what needs no other entry: deletion and reactions. Drops a body
/// that will not be shown, so that a page of large edited messages does not
/// hold them twice.
void settle(draft& x, uint64_t visible) {
  auto& what = x.shown.what;
  if (x.changes.deleted_seq != 0)
    what.gone = true;
  if (what.gone || newest_edit(x, visible) != 0)
    std::string{}.swap(what.body);
  x.shown.reactions = std::move(x.changes.reactions);
  std::erase_if(x.shown.reactions,
                [&](const reaction& r) { return r.seq > visible; });
}

void show_edit(draft& x, const entry& edit) {
  if (edit.gone) {
    x.shown.what.gone = true;
    return;
  }
  x.shown.what.body = edit.body;
  x.shown.edited_ts =
      edit.seq == x.changes.edits.back() ? x.changes.edited_ts : edit.ts;
}

result<entry> read_edit(const store& from, const place& conv, uint64_t seq) {
  auto bytes = from.get(family::messages, entry_key(conv, seq), reach::disk);
  if (!bytes)
    return bytes.error();
  entry edit;
  if (!*bytes || !decode(**bytes, edit) || edit.seq != seq
      || edit.kind != entry_kind::edited)
    return error{errc::internal, "an edit of a message is damaged"};
  return edit;
}

/// Shows the newest edit's body; `drafts` may have it already.
result<void> apply_edit(const store& from, const place& conv, draft& x,
                        uint64_t visible, const std::vector<draft>& drafts) {
  auto seq = newest_edit(x, visible);
  if (seq == 0 || x.shown.what.gone)
    return {};
  auto near = std::ranges::find(drafts, seq, &draft::seq);
  if (near != drafts.end() && near->shown.what.kind == entry_kind::edited) {
    show_edit(x, near->shown.what);
    return {};
  }
  auto edit = read_edit(from, conv, seq);
  if (!edit)
    return edit.error();
  show_edit(x, *edit);
  return {};
}

/// Takes rows in the paging direction until a page is surely full.
class collector {
public:
  collector(size_t limit, uint64_t visible)
      : limit_(limit), visible_(visible) {}

  bool add(const message_row& row, bool& sound) {
    if (drafts_.empty() || drafts_.back().seq != row.seq) {
      sound = finish_last();
      if (!sound)
        return false;
      if (drafts_.size() == limit_ || bytes_ > items_bytes_max) {
        more_ = true;
        return false;
      }
      drafts_.emplace_back().seq = row.seq;
    }
    auto& last = drafts_.back();
    if (row.part == row_part::entry) {
      last.exists = true;
      sound = decode_row(row, last.shown.what);
    } else {
      sound = decode(row.value, last.changes);
    }
    return sound;
  }

  /// To be called once more after the scan. @returns false for an overlay
  /// without its entry.
  bool finish_last() {
    if (drafts_.empty())
      return true;
    auto& last = drafts_.back();
    settle(last, visible_);
    // Without the body of an edit this is less than the item will need: so
    // what was collected is never less than what fits.
    bytes_ += json_size(last.shown);
    return last.exists;
  }

  std::vector<draft>& drafts() { return drafts_; }
  bool more() const { return more_; }

private:
  size_t limit_;
  uint64_t visible_;
  std::vector<draft> drafts_;
  size_t bytes_ = 0;
  bool more_ = false;
};

/// The first and last `seq` that a request may show; first > last: nothing.
std::pair<uint64_t, uint64_t> range_of(const page_request& what) {
  constexpr auto seq_max = std::numeric_limits<uint64_t>::max();
  auto after = what.after.value_or(0);
  auto before = what.before.value_or(seq_max);
  if (after == seq_max || before == 0)
    return {1, 0};
  return {after + 1, std::min(what.visible, before - 1)};
}

} // namespace

result<item> read_item(const store& from, const place& conv, uint64_t seq,
                       uint64_t visible) {
  auto found = read_entry(from, conv, seq);
  if (!found)
    return found.error();
  draft x;
  x.seq = seq;
  x.shown.what = std::move(found->first);
  x.changes = std::move(found->second);
  settle(x, visible);
  if (auto done = apply_edit(from, conv, x, visible, {}); !done)
    return done.error();
  return std::move(x.shown);
}

result<page> read_page(const store& from, const place& conv,
                       const page_request& what) {
  auto [first, last] = range_of(what);
  auto reverse = !what.after.has_value();
  auto limit = std::clamp(what.limit, size_t{1}, limits::history_items_max);
  auto rows = collector{limit, what.visible};
  auto done = scan_messages(from, conv, first, last, reverse,
                            [&rows](const message_row& row, bool& sound) {
                              return rows.add(row, sound);
                            });
  if (!done)
    return done.error();
  if (!rows.more() && !rows.finish_last())
    return error{errc::internal, "a message is missing"};
  page found;
  found.complete = !rows.more();
  auto& drafts = rows.drafts();
  size_t bytes = 0;
  size_t fit = 0;
  for (; fit < drafts.size(); ++fit) {
    if (auto shown = apply_edit(from, conv, drafts[fit], what.visible, drafts);
        !shown)
      return shown.error();
    bytes += json_size(drafts[fit].shown);
    if (fit > 0 && bytes > items_bytes_max) {
      found.complete = false;
      break;
    }
  }
  found.items.reserve(fit);
  for (size_t i = 0; i < fit; ++i)
    found.items.push_back(std::move(drafts[i].shown));
  if (reverse)
    std::ranges::reverse(found.items);
  return found;
}

} // namespace parley::history
