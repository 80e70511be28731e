#include "actors/store_read.hpp"
#include "actors/user.hpp"

#include "parley/base/fault.hpp"
#include "parley/base/limits.hpp"

#include <algorithm>
#include <utility>

namespace parley {

namespace {

using history::family;

/// Deliveries to hold while a block of `useq` is being reserved; what is not
/// held is delivered again.
constexpr size_t waiting_max = 1024;

/// Entries that can be fetched without asking the store where they are.
constexpr size_t recent_entries_max = 512;

/// Entries of one inbox row.
constexpr size_t chunk_max = 512;

/// Entries that come before it is looked again whether the inbox is too long.
constexpr uint64_t trim_step_min = 16;

/// The list rows are at most so many inbox entries behind.
constexpr uint64_t unlisted_max = 512;

/// More `useq`s than any user is given between two looks at a replica. They
/// still fit into the 53 bits that every client counts with, many times over.
constexpr uint64_t useqs_lost_max = uint64_t{1} << 32;

/// Of the numbers that are lost, some may have been taken before they were.
bool follows(const delivery& next, uint64_t prev, uint64_t taken) {
  return prev == any_prev || prev == taken
         || (next.kind == entry_kind::lost && prev < taken);
}

} // namespace

void user_state::on_deliver(const deliver& x) {
  if (!account_row || x.entries->empty())
    return;
  if (!waiting.empty() || !take(x)) {
    if (waiting.size() < waiting_max)
      waiting.push_back(x);
    if (reserving == 0) {
      history::batch rows;
      open_rows what;
      reserve_more(rows, what);
      submit(std::move(rows), std::move(what));
    }
  }
  write_pending();
}

void user_state::take_waiting() {
  while (!waiting.empty() && take(waiting.front()))
    waiting.pop_front();
}

/// Takes what follows on the last entry of this conversation that was taken,
/// and gives it to the live sessions. Their events may be sent before the rows
/// are durable: after a crash they come again under a higher `useq`.
/// @returns false if it needs more `useq`s than are reserved.
bool user_state::take(const deliver& x) {
  auto& in = list_entry(x.conv);
  auto before = last;
  auto prev = x.prev;
  auto enough = true;
  auto events = std::make_shared<std::vector<live_event>>();
  for (const auto& d : *x.entries) {
    if (d.seq > in.record.taken) {
      if (!follows(d, prev, in.record.taken)) {
        self->send(*in.home, to_conversation{x.conv},
                   missing{name, in.record.taken});
        break;
      }
      enough = last < reserved;
      if (!enough)
        break;
      take_one(in, d, *events);
    }
    prev = d.seq;
  }
  if (!events->empty()) {
    auto news = caf::make_message(live_events{epoch, before, events});
    for (const auto& s : sessions)
      s.handle->enqueue(nullptr, caf::make_message_id(), news, self->context());
  } else if (enough && in.durable >= x.entries->back().seq) {
    say_taken(in, in.durable);
  }
  return enough;
}

void user_state::take_one(listed& in, const delivery& d,
                          std::vector<live_event>& events) {
  const auto is_new = in.record.taken == 0;
  recent_entry e;
  e.prev = last;
  e.what.useq = ++last;
  e.what.conv = in.key;
  e.what.seq = d.seq;
  e.what.kind = d.kind;
  e.what.own = d.from == name;
  e.what.ts = d.ts;
  e.conv = in.name;
  e.session = d.session;
  note(in, e.what);
  if (d.kind == entry_kind::msg && !e.what.own && has_push())
    note_push(e);
  auto is_member = d.kind == entry_kind::member;
  auto leaves = is_member
                && (d.change == member_change::removed
                    || d.change == member_change::left);
  auto ends =
      (d.kind == entry_kind::group && d.gone) || (leaves && d.subject == name);
  auto joins =
      is_member && d.subject == name && d.change == member_change::added;
  if (ends != in.record.left && (ends || joins)) {
    in.record.left = ends;
    in.urgent = true;
  }
  if (ends)
    self->send(partition, to_presence{name}, recheck{});
  else if (leaves)
    self->send(partition, to_presence{name}, recheck{d.subject, in.key});
  else if (joins || is_new)
    see_more(in);
  events.push_back({e.what.useq, d.kind, d.session, in.name, d.seq, d.tail});
  pending.push_back(std::move(e));
}

/// With a new conversation come others who may see this user, and whom it may.
void user_state::see_more(const listed& in) {
  self->send(partition, to_presence{name}, recheck{{}, in.key});
  for (const auto& s : sessions)
    self->send(s.handle, recheck{});
}

listed& user_state::list_entry(const std::string& conv) {
  auto [at, made] = list.try_emplace(conv);
  if (made) {
    auto& in = at->second;
    in.record.conv = conv;
    in.name = std::make_shared<const std::string>(conv);
    in.key = hash_of(conv);
    in.home = &node->home(conv);
    in.urgent = true;
  }
  return at->second;
}

/// Counts an entry in its conversation; the same for a new one and for one that
/// is read again after a restart.
void user_state::note(listed& in, const history::inbox_entry& x) {
  auto& r = in.record;
  if (r.taken == 0)
    r.last_ts = x.ts;
  r.taken = x.seq;
  if (x.kind == entry_kind::msg) {
    r.last_msg = x.seq;
    r.last_ts = x.ts;
    if (!x.own && x.seq > r.read) {
      ++r.unread;
      ++in.noted;
    }
  }
  in.dirty = true;
}

void user_state::say_taken(listed& in, uint64_t seq) {
  in.durable = std::max(in.durable, seq);
  self->send(*in.home, to_conversation{*in.name}, taken{name, in.durable});
}

/// One chunk of the inbox is under way at a time: what comes meanwhile shares
/// the next row.
void user_state::write_pending() {
  if (!chunk_open && !fault::armed("deliver.sent_event"))
    submit_pending();
}

void user_state::submit_pending() {
  if (pending.empty())
    return;
  history::batch rows;
  open_rows what;
  for (size_t at = 0; at < pending.size(); at += chunk_max) {
    history::inbox_chunk chunk;
    chunk.ordinal = entries;
    auto end = std::min(at + chunk_max, pending.size());
    for (auto i = at; i < end; ++i) {
      chunk.entries.push_back(pending[i].what);
      auto& in = list_entry(*pending[i].conv);
      if (!std::exchange(in.gathered, true))
        what.taken.emplace_back(&in, in.record.taken);
    }
    entries += chunk.entries.size();
    rows.put(family::inbox,
             history::inbox_key(where, chunk.entries.back().useq),
             history::encode(chunk));
  }
  what.upto = last;
  for (auto& x : pending)
    recent.push_back(std::move(x));
  pending.clear();
  while (recent.size() > recent_entries_max
         && recent.front().what.useq <= durable)
    recent.pop_front();
  for (const auto& [in, seq] : what.taken) {
    in->gathered = false;
    if (in->urgent)
      put_list(rows, *in);
  }
  head_moved = true;
  if (reserving == 0 && reserved - last < limits::useq_block / 2)
    reserve_more(rows, what);
  if (last - listed_upto >= unlisted_max)
    checkpoint(rows, false);
  chunk_open = true;
  mark_push(rows);
  submit(std::move(rows), std::move(what));
}

/// Reserves the next block of `useq`: durable before any of it is given out.
void user_state::reserve_more(history::batch& rows, open_rows& what) {
  reserving = what.reserved = std::max(reserved, last) + limits::useq_block;
  put_inbox(rows, false);
}

/// Where committed blocks may be lost, nobody knows which `useq`s were given
/// out: so many are skipped that none of them is again (I5).
void user_state::skip_lost() {
  if (!std::exchange(must_skip, false))
    return;
  last = reserved = std::max(reserved, last) + useqs_lost_max;
  durable = delivered_upto = last;
  history::batch rows;
  open_rows what;
  rows.put(family::state, history::state_key(history::record::skipped, where),
           history::encode(history::skipped_record{loss.epoch}));
  reserve_more(rows, what);
  submit(std::move(rows), std::move(what));
}

/// Removes what the inbox need not keep: the mark is durable with the rows'
/// removal, and tells a late `since` that it is too far.
void user_state::trim() {
  const auto& keep = node->settings.storage;
  if (trimming || entries <= keep.inbox_rows || entries < next_trim)
    return;
  trimming = true;
  next_trim = entries + std::max<uint64_t>(trim_step_min, keep.inbox_rows / 8);
  auto before = node->clock->now() - int64_t{keep.inbox_days} * 86'400'000;
  read_store<uint64_t>(
      self, *node, meanwhile::goes_on,
      [at = where, before, rows = keep.inbox_rows,
       all = entries](const history::store& from) {
        return history::trim_point(from, at, before, rows, all);
      },
      [this](result<uint64_t> upto) {
        trimming = false;
        // What the list rows do not count yet is read again at the next start.
        auto end = upto ? std::min(*upto, listed_upto) : 0;
        if (end <= trimmed)
          return;
        history::batch rows;
        rows.erase_range(family::inbox, history::inbox_key(where, 0),
                         history::inbox_key(where, end + 1));
        trimmed = end;
        put_inbox(rows, false);
        submit(std::move(rows), {});
      });
}

} // namespace parley
