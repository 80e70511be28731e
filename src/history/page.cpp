#include "history/entry_head.hpp"
#include "history/json_size.hpp"
#include "history/message_rows.hpp"

#include "parley/history/reader.hpp"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

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

/// What a page is to hold.
struct page_plan {
  uint64_t first = 1; ///< first > last: nothing.
  uint64_t last = 0;
  bool reverse = false;
  size_t limit = 1;
  uint64_t visible = 0;
  bool each_lost = true;
  bool last_is_lost = false; ///< Of a stretch whose row is behind it.
};

/// Takes rows in the paging direction until a page is surely full.
class collector {
public:
  collector() = default;
  explicit collector(const page_plan& of)
      : of_(of),
        next_(of.reverse ? of.last : of.first),
        in_lost_(of.last_is_lost) {}

  bool add(const message_row& row, bool& sound) {
    auto is_new = drafts_.empty() || drafts_.back().seq != row.seq;
    if (is_new && !(sound = finish_last()))
      return false;
    if (is_new && (!add_lost_before(row, sound) || !begin(row.seq)))
      return false;
    auto& last = drafts_.back();
    if (row.part == row_part::entry) {
      last.exists = true;
      sound = decode_row(row, last.shown.what);
    } else {
      sound = decode(row.value, last.changes);
    }
    return sound;
  }

  /// To be called after the scan. @returns false for an overlay without its
  /// entry.
  bool finish() {
    if (more_)
      return true;
    if (!finish_last())
      return false;
    if (!of_.each_lost)
      return true;
    if (of_.reverse && in_lost_ && of_.first <= next_)
      add_lost(next_ - of_.first + 1);
    if (!of_.reverse && of_.last_is_lost && next_ <= of_.last)
      add_lost(of_.last - next_ + 1);
    return true;
  }

  std::vector<draft>& drafts() { return drafts_; }
  const std::vector<draft>& drafts() const { return drafts_; }
  bool more() const { return more_; }

private:
  bool finish_last() {
    if (!std::exchange(open_, false))
      return true;
    auto& last = drafts_.back();
    settle(last, of_.visible);
    // Without the body of an edit this is less than the item will need: so
    // what was collected is never less than what fits.
    bytes_ += json_size(last.shown);
    in_lost_ = last.shown.what.kind == entry_kind::lost;
    return last.exists;
  }

  /// @returns false if the page is full.
  bool begin(uint64_t seq) {
    if (drafts_.size() == of_.limit || bytes_ > items_bytes_max) {
      more_ = true;
      return false;
    }
    drafts_.emplace_back().seq = seq;
    next_ = of_.reverse ? seq - 1 : seq + 1;
    return open_ = true;
  }

  bool add_lost(uint64_t count) {
    for (; count > 0; --count) {
      auto seq = next_;
      if (!begin(seq))
        return false;
      auto& made = drafts_.back();
      made.exists = true;
      made.shown.what.kind = entry_kind::lost;
      made.shown.what.seq = seq;
      finish_last();
    }
    return true;
  }

  /// The numbers between what was collected and this row, if they are lost:
  /// the last of them has a row.
  bool add_lost_before(const message_row& row, bool& sound) {
    if (!of_.each_lost)
      return true;
    if (of_.reverse)
      return !in_lost_ || next_ <= row.seq || add_lost(next_ - row.seq);
    if (row.part == row_part::overlay || row.seq <= next_)
      return true;
    entry_head head;
    sound = decode_head(row.value, head);
    return sound
           && (head.kind != entry_kind::lost || add_lost(row.seq - next_));
  }

  page_plan of_;
  uint64_t next_ = 0; ///< That follows in the paging direction.
  bool in_lost_ = false;
  std::vector<draft> drafts_;
  bool open_ = false; ///< More rows of the last one may come.
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

result<void> collect(const store& from, const place& conv,
                     const page_plan& plan, collector& rows) {
  rows = collector{plan};
  auto done = scan_messages(from, conv, plan.first, plan.last, plan.reverse,
                            [&rows](const message_row& row, bool& sound) {
                              return rows.add(row, sound);
                            });
  if (done && !rows.finish())
    return error{errc::internal, "a message is missing"};
  return done;
}

/// Whether a page that reaches the last number of its range has no row of that.
bool ends_in_gap(const page_plan& plan, const collector& rows) {
  if (!plan.each_lost || plan.first > plan.last)
    return false;
  const auto& all = rows.drafts();
  if (plan.reverse)
    return all.empty() || all.front().seq != plan.last;
  return !rows.more() && (all.empty() || all.back().seq != plan.last);
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
  page_plan plan;
  std::tie(plan.first, plan.last) = range_of(what);
  plan.reverse = !what.after.has_value();
  plan.limit = std::clamp(what.limit, size_t{1}, limits::history_items_max);
  plan.visible = what.visible;
  plan.each_lost = what.each_lost;
  collector rows;
  if (auto done = collect(from, conv, plan, rows); !done)
    return done.error();
  if (what.before && ends_in_gap(plan, rows)) {
    auto lost = is_lost(from, conv, plan.last);
    if (!lost)
      return lost.error();
    plan.last_is_lost = *lost;
    if (*lost)
      if (auto done = collect(from, conv, plan, rows); !done)
        return done.error();
  }
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
  if (plan.reverse)
    std::ranges::reverse(found.items);
  return found;
}

} // namespace parley::history
