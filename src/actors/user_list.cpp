#include "actors/store_read.hpp"
#include "actors/user.hpp"

#include "parley/base/limits.hpp"
#include "parley/base/names.hpp"
#include "parley/protocol/events.hpp"
#include "parley/protocol/json_writer.hpp"
#include "parley/protocol/text.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace parley {

namespace {

using history::list_record;

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

/// A group's name as of `seq`: what came later is not for those who left.
result<std::string> name_at(const history::store& from, const place& where,
                            uint64_t seq) {
  constexpr uint64_t step = 256;
  for (auto until = seq; until > 0;) {
    auto after = until > step ? until - step : 0;
    auto some = history::read_entries(from, where, after, until, step);
    if (!some)
      return some.error();
    for (auto x = some->rbegin(); x != some->rend(); ++x)
      if (x->kind == entry_kind::group)
        return x->text;
    until = after;
  }
  return std::string{};
}

result<std::string> name_of(const history::store& from, const place& where,
                            const list_record& x) {
  if (x.left)
    return name_at(from, where, x.taken);
  auto row = history::load<history::conversation_record>(
      from, history::state_key(history::record::conversation, where));
  if (!row)
    return row.error();
  return *row ? (*row)->name : std::string{};
}

result<void> encode_listed(protocol::json_writer& out,
                           const history::store& from, uint32_t partitions,
                           const list_record& x, timestamp now) {
  auto where = place_of(x.conv, partitions);
  out.open_object().member("conv", x.conv);
  if (valid_group(x.conv)) {
    auto name = name_of(from, where, x);
    if (!name)
      return name.error();
    if (!name->empty())
      out.member("name", *name);
  }
  if (x.last_msg != 0) {
    auto last = history::read_item(from, where, x.last_msg, x.taken);
    if (!last && last.error().code != errc::not_found)
      return last.error();
    if (last) {
      auto cut =
          protocol::first_chars(last->what.body, limits::preview_chars).size();
      last->what.body.resize(cut);
      std::string one;
      protocol::append_item(one, last->what.kind,
                            protocol::encode_tail(x.conv, *last).view());
      out.key("last").raw(one);
    }
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
  return {};
}

result<std::string> encode_list(const history::store& from, uint32_t partitions,
                                const std::vector<list_record>& rows, bool more,
                                timestamp now) {
  std::string fields;
  protocol::json_writer out{fields};
  out.key("items").open_array();
  for (const auto& row : rows)
    if (auto ok = encode_listed(out, from, partitions, row, now); !ok)
      return ok.error();
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
  auto partitions = static_cast<uint32_t>(node->partitions.size());
  return answer_by_reader(
      self, *node,
      [rows = std::move(rows), more, partitions,
       now = node->clock->now()](const history::store& from) {
        return encode_list(from, partitions, rows, more, now);
      });
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

/// What is unread past `seq` is counted by a reader, unless nothing can be.
void user_state::move_read(listed& in, uint64_t seq) {
  if (seq <= in.record.read)
    return;
  in.record.read = seq;
  in.dirty = in.urgent = true;
  start_flush_timer();
  if (seq >= in.record.last_msg || in.record.unread == 0) {
    in.record.unread = 0;
    return;
  }
  read_store<uint64_t>(
      self, *node, meanwhile::waits,
      [where = node->where(in.record.conv), user = name, seq,
       until = in.record.taken](const history::store& from) {
        return history::count_unread(from, where, user, seq, until);
      },
      [this, conv = in.record.conv, seq](result<uint64_t> unread) {
        auto& now = list_entry(conv);
        if (!unread || now.record.read != seq)
          return;
        now.record.unread = *unread;
        now.dirty = now.urgent = true;
        start_flush_timer();
      });
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
