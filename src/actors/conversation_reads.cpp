#include "actors/conversation.hpp"
#include "actors/store_read.hpp"

#include "parley/base/limits.hpp"
#include "parley/base/names.hpp"
#include "parley/protocol/events.hpp"
#include "parley/protocol/http_bodies.hpp"
#include "parley/protocol/json_writer.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace parley {

namespace {

constexpr auto cursors_every = std::chrono::seconds{1};

std::string encode_page(const std::string& conv, const history::page& page) {
  std::string fields;
  protocol::json_writer out{fields};
  out.member("conv", conv).key("items").open_array();
  for (const auto& x : page.items) {
    std::string one;
    protocol::append_item(one, x.what.kind,
                          protocol::encode_tail(conv, x).view());
    out.raw(one);
  }
  out.close_array().member("complete", page.complete);
  return fields;
}

} // namespace

/// A page of the history, read and encoded by a reader, which answers for this
/// conversation.
caf::result<answer> conversation_state::on_history(const get_history& x) {
  auto visible = model::visible_to(record, x.reader, committed);
  if (!visible)
    return to_caf(errc::not_found, "no such conversation");
  history::page_request what{x.before, x.after, x.limit,
                             std::min(*visible, committed)};
  return answer_by_reader(
      self, *node,
      [at = where, conv = name,
       what](const history::store& from) -> result<std::string> {
        auto page = history::read_page(from, at, what);
        if (!page)
          return page.error();
        return encode_page(conv, *page);
      });
}

caf::result<answer> conversation_state::on_show(const get_conversation& x) {
  auto is_operator = x.reader.empty();
  auto visible =
      is_operator ? committed : model::visible_to(record, x.reader, committed);
  if (!visible || (is_operator && committed == 0))
    return to_caf(errc::not_found, "no such conversation");
  auto inside = is_operator || model::find_member(record, x.reader);
  std::string fields;
  protocol::json_writer out{fields};
  out.member("conv", name);
  if (is_group)
    out.member("name", record.name);
  out.member("last_seq", std::min(*visible, committed));
  out.key("members").open_array();
  for (const auto& m : record.members) {
    if (!inside)
      break;
    auto c = cursors.find(m.user);
    out.open_object()
        .member("user", m.user)
        .member("role", protocol::to_string(m.as))
        .member("read_seq", c == cursors.end() ? 0 : c->second.read)
        .member("delivered_seq", c == cursors.end() ? 0 : c->second.delivered)
        .close_object();
  }
  out.close_array();
  if (!inside)
    out.member("left", true);
  return answer{shared_bytes{std::move(fields)}};
}

/// Moves a member's cursors forward, tells the others, and writes them down
/// within a second.
void conversation_state::on_cursor(const move_cursor& x) {
  if (!model::find_member(record, x.user) || committed == 0)
    return;
  auto& mine = cursors[x.user];
  auto read = std::min(x.read, committed);
  if (x.ahead)
    self->send(node->home(x.user), to_user{x.user}, read_upto{name, read});
  auto delivered = std::max(std::min(x.delivered, committed), read);
  cursor_moved moved{name, x.user, read > mine.read ? read : 0,
                     delivered > mine.delivered ? delivered : 0};
  if (moved.read == 0 && moved.delivered == 0)
    return;
  mine.read = std::max(mine.read, read);
  mine.delivered = std::max(mine.delivered, delivered);
  cursors_dirty = true;
  if (!cursor_timer) {
    cursor_timer = true;
    self->delayed_send(self, cursors_every, flush{});
  }
  auto few = record.members.size() <= limits::cursor_events_members_max;
  for (const auto& m : record.members) {
    auto own = m.user == x.user;
    if (own ? moved.read == 0 : !few)
      continue;
    auto news = moved;
    if (own)
      news.delivered = 0;
    self->send(node->home(m.user), to_user{m.user},
               tell_sessions{own ? x.session : std::string{},
                             caf::make_message(std::move(news))});
  }
}

void conversation_state::flush_cursors() {
  cursor_timer = false;
  if (!std::exchange(cursors_dirty, false))
    return;
  history::batch rows;
  rows.put(history::family::state,
           history::state_key(history::record::cursors, where),
           history::encode(cursors));
  submit(std::move(rows), {});
}

void conversation_state::on_typing(const typing& x) {
  if (committed == 0 || !model::may_post(record, x.user))
    return;
  auto news = caf::make_message(
      ephemeral{shared_bytes{protocol::encode_typing(name, x.user)}});
  for (const auto& m : record.members)
    if (m.user != x.user)
      self->send(node->home(m.user), to_user{m.user},
                 tell_sessions{std::string{}, news});
}

} // namespace parley
