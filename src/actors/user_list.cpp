#include "actors/show.hpp"
#include "actors/store_read.hpp"
#include "actors/user.hpp"

#include "parley/base/names.hpp"
#include "parley/protocol/events.hpp"
#include "parley/protocol/json_writer.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iterator>
#include <utility>

namespace parley {

namespace {

using history::list_record;

constexpr std::chrono::seconds count_timeout{20};

/// So many entries past a read mark are looked at each time that it moves.
constexpr uint64_t count_ahead_max = 1000;

/// Newest message first; the name decides among equals, so that a cursor is
/// exact.
bool newer(const list_record& a, const list_record& b) {
  return a.last_ts != b.last_ts ? a.last_ts > b.last_ts : a.conv < b.conv;
}

/// A cursor is the last one's time and name: "1700000000000:dm:alice:bob".
std::optional<list_record> parse_cursor(const std::string& cursor) {
  list_record last;
  auto colon = cursor.find(':');
  if (colon == std::string::npos)
    return std::nullopt;
  auto end = cursor.data() + colon;
  auto parsed = std::from_chars(cursor.data(), end, last.last_ts);
  if (parsed.ec != std::errc{} || parsed.ptr != end)
    return std::nullopt;
  last.conv = cursor.substr(colon + 1);
  return last;
}

/// What a row's conversation is asked, to show it in the list.
show_question question_about(const list_record& x) {
  show_question q{x.conv, {{}, x.taken}};
  q.what.brief = true;
  if (x.last_msg != 0)
    q.what.seqs.push_back(x.last_msg);
  if (valid_group(x.conv))
    q.what.name = x.left ? name_of::then : name_of::now;
  return q;
}

void encode_listed(protocol::json_writer& out, const list_record& x,
                   const shown& as, timestamp now) {
  out.open_object().member("conv", x.conv);
  if (!as.name.empty())
    out.member("name", as.name);
  if (!as.entries.empty() && as.entries.front().found
      && as.entries.front().kind == entry_kind::msg) { // It may be lost.
    std::string one;
    protocol::append_item(one, as.entries.front().kind,
                          as.entries.front().tail.view());
    out.key("last").raw(one);
  }
  out.member("last_seq", x.taken)
      .member("last_ts", x.last_ts)
      .member("read_seq", x.read)
      .member("unread", x.unread);
  if (x.muted_until > now)
    out.member("muted", true).member("muted_until", x.muted_until);
  if (x.left)
    out.member("left", true);
  out.close_object();
}

std::string encode_list(const std::vector<list_record>& rows,
                        const std::vector<shown>& as, bool more,
                        timestamp now) {
  std::string fields;
  protocol::json_writer out{fields};
  out.key("items").open_array();
  for (size_t i = 0; i < rows.size(); ++i)
    encode_listed(out, rows[i], as[i], now);
  out.close_array();
  if (more && !rows.empty())
    out.member("cursor",
               std::to_string(rows.back().last_ts) + ':' + rows.back().conv);
  return fields;
}

} // namespace

caf::result<answer> user_state::on_list(const get_conversations& x) {
  std::vector<list_record> rows;
  std::optional<list_record> after;
  if (!x.cursor.empty()) {
    after = parse_cursor(x.cursor);
    if (!after)
      return to_caf(errc::bad_request, "cursor: not one that was given out");
  }
  for (const auto& [conv, in] : list)
    if (in.record.taken > 0 && (!after || newer(*after, in.record)))
      rows.push_back(in.record);
  auto count = std::min(x.limit, rows.size());
  std::partial_sort(rows.begin(), rows.begin() + static_cast<long>(count),
                    rows.end(), newer);
  auto more = rows.size() > count;
  rows.resize(count);
  std::vector<show_question> asked;
  std::transform(rows.begin(), rows.end(), std::back_inserter(asked),
                 question_about);
  auto promise = self->make_response_promise();
  show_all(*this, std::move(asked), UINT64_MAX,
           [promise, rows = std::move(rows), more,
            now = node->clock->now()](result<std::vector<shown>> as) mutable {
             if (as)
               promise.deliver(
                   answer{shared_bytes{encode_list(rows, *as, more, now)}});
             else
               promise.deliver(to_caf(as.error()));
           });
  return caf::delegated<answer>{};
}

/// Moves the read mark forward; the conversation tells the others.
void user_state::on_read(const mark_read& x) {
  auto at = list.find(x.conv);
  auto taken = at == list.end() ? 0 : at->second.record.taken;
  if (taken > 0)
    move_read(at->second, std::min(x.seq, taken));
  // What is not in this inbox yet is for the conversation to judge, which says
  // how far there was something to read.
  self->send(node->home(x.conv), to_conversation{x.conv},
             move_cursor{name, x.seq, 0, x.session, x.seq > taken});
}

/// A read mark that came before what it is about. That is in the inbox by now:
/// the conversation sent it first.
void user_state::on_read_upto(const read_upto& x) {
  if (auto at = list.find(x.conv); at != list.end())
    move_read(at->second, std::min(x.seq, at->second.record.taken));
}

/// What is unread past `seq` is counted where the conversation is led, unless
/// nothing can be. Where that would be many, what is read now is counted
/// instead, if that is less: so whoever reads on and on has each entry looked
/// at once, and not all the rest each time.
void user_state::move_read(listed& in, uint64_t seq) {
  const auto& r = in.record;
  if (seq <= r.read)
    return;
  if (seq >= r.last_msg || r.unread == 0)
    return put_read(in, seq, 0);
  auto counts_read =
      r.taken - seq > count_ahead_max && seq - r.read < r.taken - seq;
  count_unread what{name, counts_read ? r.read : seq,
                    counts_read ? seq : r.taken};
  auto counted = [this, conv = r.conv, seq, counts_read, before = r.unread,
                  noted = in.noted](result<uint64_t> found) {
    auto& now = list_entry(conv);
    if (seq <= now.record.read)
      return;
    if (!found) {
      auto& wanted = uncounted[conv];
      wanted = std::max(wanted, seq);
      return start_flush_timer();
    }
    // Of what came meanwhile each was noted as unread.
    put_read(now, seq,
             (counts_read ? before - std::min(before, *found) : *found)
                 + now.noted - noted);
  };
  if (node->leads(r.conv))
    return read_store<uint64_t>(
        self, *node, meanwhile::waits,
        [where = node->where(r.conv), what](const history::store& from) {
          return history::count_unread(from, where, what.user, what.after,
                                       what.until);
        },
        counted);
  auto asked = questions.ask();
  self->request(*in.home, count_timeout, to_conversation{r.conv}, what)
      .then(
          [counted, asked](const unread_count& x) { counted(x.messages); },
          [counted, asked](const caf::error& why) { counted(from_caf(why)); });
}

/// Nobody could say what is unread past these marks; now somebody may.
void user_state::count_again() {
  for (const auto& [conv, seq] : std::exchange(uncounted, {}))
    move_read(list_entry(conv), seq);
}

void user_state::put_read(listed& in, uint64_t seq, uint64_t unread) {
  in.record.read = seq;
  in.record.unread = unread;
  in.dirty = in.urgent = true;
  start_flush_timer();
}

caf::result<answer> user_state::on_mute(const mute& x) {
  auto at = list.find(x.conv);
  if (at == list.end())
    return to_caf(errc::not_found, "no such conversation");
  auto& in = at->second;
  in.record.muted_until = x.until;
  submit_pending();
  history::batch rows;
  put_list(rows, in);
  return commit_then(std::move(rows), answer{});
}

} // namespace parley
